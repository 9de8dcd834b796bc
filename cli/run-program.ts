import { Command, CommanderError, InvalidArgumentError } from "commander";
import { exitCodes } from "./run-command.ts";

/** Runs the command that the arguments name, of these; sets the process's exit code. */
export async function runProgram(commands: readonly Command[]): Promise<void> {
  const program = new Command("bellwether")
    .description(
      "A real-time market feed enrichment pipeline: Alpaca to Kafka, enriched, to OpenSearch and to your customers.",
    )
    .showHelpAfterError("(--help explains every option)")
    // An option belongs to the command that it stands behind: `index setup --retain` is not `index --retain`.
    .enablePositionalOptions();
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError || error instanceof InvalidArgumentError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}
