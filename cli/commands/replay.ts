import { Command } from "commander";
import { nyse } from "../../domain/calendar/nyse.ts";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { settingsFrom } from "../../runtime/config/rules.ts";
import { ruleVariables } from "../../runtime/config/variables.ts";
import { environmentHelp } from "../help.ts";
import { replay } from "../replay/replay.ts";
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
      runCommand(async () => {
        const settings = settingsFrom(parseConfig(ruleVariables, environment), nyse.version);
        const startedMs = performance.now();
        const summary = await replay(directory, options.out, settings);
        const seconds = (performance.now() - startedMs) / 1000;
        process.stderr.write(`${summary.messages} messages in ${seconds.toFixed(2)} s\n`);
        process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      }),
    );
}
