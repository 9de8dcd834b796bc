import { parseArgs } from "node:util";
import { PipelineError } from "../../domain/errors.ts";
import { environment } from "../../runtime/config/environment.ts";
import { createLog } from "../../runtime/log/log.ts";
import { type ChaosReport, runChaos } from "./chaos.ts";
import { seededRandom } from "./random.ts";

/** `npm run chaos -- --minutes N [--seed S] [--verbose]`: faults for about so long, then the audit; exit code 1 unless it finds nothing. */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    verbose: { type: "boolean", default: false },
  },
});
const log = createLog({
  stage: "chaos",
  level: values.verbose ? "debug" : "info",
  format: "text",
  now: () => new Date(),
  write: (line) => process.stderr.write(line),
});

/** Prints what was found, and how to see more of it where it is bad. */
function print({ quotes, faults, verified, failures, isFolded, restarts }: ChaosReport): void {
  const { rawRecords, equal, missing, duplicated, different, topics } = verified;
  const counts = { seed: values.seed, ...faults, quotes, rawRecords, equal, missing, duplicated, different };
  process.stdout.write(`${JSON.stringify({ ...counts, failures: failures.length, restarts, isFolded })}\n`);
  const isEqual = missing + duplicated + different === 0;
  if (!isEqual) process.stdout.write(`${JSON.stringify(topics, null, 2)}\n`);
  for (const failure of failures) process.stdout.write(`An enricher ended by itself, and said last:\n${failure}\n`);
  if (!isFolded) process.stdout.write("Not all was folded: the counts are of what was.\n");
  if (isEqual && isFolded && failures.length === 0) {
    process.stdout.write(`ok: ${equal} published records equal the fold of ${rawRecords} raw ones\n`);
    return;
  }
  process.exitCode = 1;
  process.stdout.write(
    `failed: npm run chaos -- --minutes ${values.minutes} --seed ${values.seed} --verbose shows more\n`,
  );
}

try {
  const rounds = Math.max(1, Math.round(Number(values.minutes) * 2));
  const random = seededRandom(Number(values.seed));
  const plan = {
    kills: rounds * 5,
    zombies: rounds,
    brokerRestarts: rounds,
    joins: rounds,
    quotesPerSecond: 3000,
    random,
  };
  print(await runChaos(plan, environment, log));
} catch (error) {
  process.stdout.write(`failed: ${error instanceof PipelineError ? error.line : String(error)}\n`);
  process.exitCode = 1;
}
