import { PipelineError } from "../../domain/errors.ts";

/** What the operating system said about a folder (full, forbidden), as an error that says how to mend it; anything else as it is. */
export function folderError(error: unknown, folder: string, remedy: string): unknown {
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "ENOSPC":
    case "EDQUOT":
      return diskFull(folder, remedy, error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
      return new PipelineError("badConfiguration", `${folder} is not a folder that can be written.`, {
        remedy: `Mend its rights, or ${remedy}.`,
        cause: error,
      });
    default:
      return error;
  }
}

/** `remedy` goes on "Free space there, or ...". */
export function diskFull(folder: string, remedy: string, cause?: unknown): PipelineError {
  return new PipelineError("diskFull", `The disk is full at ${folder}.`, {
    remedy: `Free space there, or ${remedy}.`,
    cause,
  });
}
