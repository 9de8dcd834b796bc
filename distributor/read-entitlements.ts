import { readFile } from "node:fs/promises";
import type { Entitlements } from "../domain/entitlements/entitlements.ts";
import { parseEntitlements } from "../domain/entitlements/parse-entitlements.ts";
import { PipelineError } from "../domain/errors.ts";

/** Reads the file of entitlements. @throws PipelineError `badConfiguration` where it cannot be read, or with every fault in it */
export async function readEntitlements(file: string, prefix: string): Promise<Entitlements> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new PipelineError("badConfiguration", `The entitlements cannot be read from ${file}.`, {
      remedy: "Set ENTITLEMENTS_FILE to the path of a file that this user may read.",
      cause,
    });
  });
  return parseEntitlements(text, prefix);
}
