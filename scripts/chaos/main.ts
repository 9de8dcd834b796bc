import { parseArgs } from "node:util";
import { PipelineError } from "../../domain/errors.ts";
import { seededRandom } from "../../local/simulator/random.ts";
import { environment } from "../../runtime/config/environment.ts";
import { createLog } from "../../runtime/log/log.ts";
import { type ChaosReport, runChaos } from "./chaos.ts";
import { type OpenSearchChaosReport, runOpenSearchChaos } from "./open-search-chaos.ts";

/**
 * `npm run chaos -- --minutes N [--seed S] [--verbose]`: faults for about so long, then the audit; exit code 1 unless it finds nothing.
 * `npm run chaos -- --opensearch --kills N`: the same for what is stored, with N kills of indexers and N of the OpenSearch node.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    opensearch: { type: "boolean", default: false },
    kills: { type: "string", default: "10" },
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

/** The same for what is stored. */
function printStored({ quotes, kills, verified, failures, isIndexed }: OpenSearchChaosReport): void {
  const { onTopics, equal, missing, unexpected, different, notJudged, indices } = verified;
  const counts = { seed: values.seed, kills, quotes, onTopics, equal, missing, unexpected, different, notJudged };
  process.stdout.write(`${JSON.stringify({ ...counts, failures: failures.length, isIndexed })}\n`);
  for (const failure of failures) process.stdout.write(`A process ended by itself, and said last:\n${failure}\n`);
  if (!isIndexed) process.stdout.write("Not all was indexed: the counts are of what was.\n");
  if (missing + unexpected + different + failures.length === 0 && equal === onTopics && equal > 0 && isIndexed) {
    process.stdout.write(`ok: each of ${equal} documents is stored once, as it was published\n`);
    return;
  }
  process.exitCode = 1;
  process.stdout.write(`${JSON.stringify({ indices, first: verified.first }, null, 2)}\n`);
  process.stdout.write(
    `failed: npm run chaos -- --opensearch --kills ${values.kills} --seed ${values.seed} --verbose shows more\n`,
  );
}

function killStages(): Promise<ChaosReport> {
  const rounds = Math.max(1, Math.round(Number(values.minutes) * 2));
  const random = seededRandom(Number(values.seed));
  const faults = { kills: rounds * 5, zombies: rounds, brokerRestarts: rounds, joins: rounds };
  return runChaos({ ...faults, quotesPerSecond: 3000, random }, environment, log);
}

function killStorage(): Promise<OpenSearchChaosReport> {
  const kills = Math.max(1, Math.round(Number(values.kills)));
  const random = seededRandom(Number(values.seed));
  return runOpenSearchChaos({ kills, quotesPerSecond: 1000, random }, environment, log);
}

try {
  if (values.opensearch) printStored(await killStorage());
  else print(await killStages());
} catch (error) {
  process.stdout.write(`failed: ${error instanceof PipelineError ? error.line : String(error)}\n`);
  process.exitCode = 1;
}
