import { Command, CommanderError, InvalidArgumentError } from "commander";
import { consumeCommand } from "./commands/consume.ts";
import { entitlementsCommand } from "./commands/entitlements.ts";
import { localCommand } from "./commands/local.ts";
import { replayCommand } from "./commands/replay.ts";
import { distributeCommand, enrichCommand, indexCommand, produceCommand } from "./commands/stages.ts";
import { upCommand } from "./commands/up.ts";
import { verifyCommand } from "./commands/verify.ts";
import { exitCodes } from "./run-command.ts";

const program = new Command("bellwether")
  .description(
    "A real-time market feed enrichment pipeline: Alpaca to Kafka, enriched, to OpenSearch and to your customers.",
  )
  .showHelpAfterError("(--help explains every option)")
  // An option belongs to the command that it stands behind: `index setup --retain` is not `index --retain`.
  .enablePositionalOptions()
  .addCommand(upCommand())
  .addCommand(localCommand())
  .addCommand(produceCommand())
  .addCommand(enrichCommand())
  .addCommand(distributeCommand())
  .addCommand(indexCommand())
  .addCommand(consumeCommand())
  .addCommand(entitlementsCommand())
  .addCommand(replayCommand())
  .addCommand(verifyCommand());

for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError || error instanceof InvalidArgumentError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
}
