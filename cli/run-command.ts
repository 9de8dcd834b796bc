import { PipelineError } from "../domain/errors.ts";

/** Exit codes of every command. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/**
 * Runs a command to its end and sets the process's exit code: 0 done, 1 failed with one line that says what happened and how to mend it.
 * Anything but a `PipelineError` is a programmer's fault: its stack is shown.
 */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.exitCode = exitCodes.failed;
    process.stderr.write(`${errorText(error)}\n`);
  }
}

/** What a person is told of an error: the line of an operating fault, the stack of any other. */
function errorText(error: unknown): string {
  if (error instanceof PipelineError) return `bellwether: ${error.line}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
