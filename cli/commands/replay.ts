import { Command } from "commander";
import { ruleVariables } from "../../runtime/config/variables.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";

/** `bellwether replay DIR --out OUT`: a recording through the very same topology, with no broker. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("Fold a recording offline, with no broker, into the values that the pipeline would publish")
    .argument("<dir>", "the recording's folder")
    .requiredOption(
      "--out <dir>",
      "(required) where to write enriched.jsonl, candles.jsonl, alerts.jsonl, dead-letter.jsonl, summary.json",
    )
    .addHelpText("after", environmentHelp(ruleVariables))
    .action((directory: string, options: { out: string }) =>
      runCommand(async () => (await import("../replay/run-replay.ts")).runReplay(directory, options.out)),
    );
}
