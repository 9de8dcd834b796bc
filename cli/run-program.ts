import { Command, CommanderError, InvalidArgumentError } from "commander";
import { exitCodes } from "./run-command.ts";

/** Runs the command that the arguments name, of these; sets the process's exit code. */
export async function runProgram(commands: readonly Command[]): Promise<void> {
  const program = new Command("bellwether")
    .description(
      "A real-time market feed enrichment pipeline: Alpaca to Kafka, enriched, to OpenSearch and to your customers.",
    )
    // An option belongs to the command that it stands behind: `index setup --retain` is not `index --retain`.
    .enablePositionalOptions();
  for (const command of commands) program.addCommand(command);
  settle(program);
  process.stdout.on("error", ignoreGoneReader);
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError || error instanceof InvalidArgumentError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

/** Wrong usage says where help is, and comes back as an error; a command that is made elsewhere takes neither over from the program. */
function settle(command: Command): void {
  command.showHelpAfterError("(--help explains every option)").exitOverride();
  for (const each of command.commands) settle(each);
}

/** Who has read enough (`| head`) is no fault. Others are told by the command, where it looks after its output itself. */
function ignoreGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && process.stdout.listenerCount("error") === 1) throw error;
}
