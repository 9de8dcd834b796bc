import { parseArgs } from "node:util";
import { environment } from "../../runtime/config/environment.ts";
import { createLog } from "../../runtime/log/log.ts";
import { runChaos } from "./chaos.ts";
import { seededRandom } from "./random.ts";

/** `npm run chaos -- --minutes N [--seed S] [--verbose]`: faults for about so long, then the audit; exit code 1 unless it finds nothing. */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    verbose: { type: "boolean", default: false },
  },
});
const rounds = Math.max(1, Math.round(Number(values.minutes) * 2));
const report = await runChaos(
  {
    kills: rounds * 5,
    zombies: rounds,
    brokerRestarts: rounds,
    joins: rounds,
    quotesPerSecond: 3000,
    random: seededRandom(Number(values.seed)),
  },
  environment,
  createLog({
    stage: "chaos",
    level: values.verbose ? "debug" : "info",
    format: "text",
    now: () => new Date(),
    write: (line) => process.stderr.write(line),
  }),
);
const { equal, missing, duplicated, different, topics } = report.verified;
process.stdout.write(
  `${JSON.stringify({ seed: values.seed, quotes: report.quotes, equal, missing, duplicated, different, failures: report.failures.length })}\n`,
);
for (const failure of report.failures) process.stdout.write(`${failure}\n`);
if (missing + duplicated + different > 0) {
  process.stdout.write(`${JSON.stringify(topics, null, 2)}\n`);
  process.exitCode = 1;
}
