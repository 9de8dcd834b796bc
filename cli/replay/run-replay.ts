import { nyse } from "../../domain/calendar/nyse.ts";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { settingsFrom } from "../../runtime/config/rules.ts";
import { ruleVariables } from "../../runtime/config/variables.ts";
import { replay } from "./replay.ts";

/** Replays a recording under the environment's rules, and prints the summary. */
export async function runReplay(directory: string, out: string): Promise<void> {
  const settings = settingsFrom(parseConfig(ruleVariables, environment), nyse.version);
  const startedMs = performance.now();
  const summary = await replay(directory, out, settings);
  const seconds = (performance.now() - startedMs) / 1000;
  process.stderr.write(`${summary.messages} messages in ${seconds.toFixed(2)} s\n`);
  process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
}
