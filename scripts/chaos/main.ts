import { Command } from "commander";
import { aboveZero } from "../../cli/arguments.ts";
import { PipelineError } from "../../domain/errors.ts";
import { seededRandom } from "../../local/simulator/random.ts";
import { environment } from "../../runtime/config/environment.ts";
import { createLog } from "../../runtime/log/log.ts";
import { type ChaosReport, runChaos } from "./chaos.ts";
import { type OpenSearchChaosReport, runOpenSearchChaos } from "./open-search-chaos.ts";

const positive = aboveZero("It is not a number above zero.");
const values = new Command("npm run chaos --")
  .description(
    "Faults under load for real processes and a real broker, then the audit; exit code 1 unless it finds nothing.\nIts last lines are the counts, and what to run to see more.",
  )
  .option("--minutes <count>", "for about so long", positive, 5)
  .option("--opensearch", "the same for what is stored, with --kills of indexers and of the OpenSearch node", false)
  .option("--kills <count>", "how many of each, with --opensearch", positive, 10)
  .option("--seed <seed>", "which faults, and when", positive, 1)
  .option("--verbose", "say more", false)
  .parse()
  .opts<{ minutes: number; opensearch: boolean; kills: number; seed: number; verbose: boolean }>();
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
  const rounds = Math.max(1, Math.round(values.minutes * 2));
  const random = seededRandom(values.seed);
  const faults = { kills: rounds * 5, zombies: rounds, brokerRestarts: rounds, joins: rounds };
  return runChaos({ ...faults, quotesPerSecond: 3000, random }, environment, log);
}

function killStorage(): Promise<OpenSearchChaosReport> {
  const kills = Math.max(1, Math.round(values.kills));
  const random = seededRandom(values.seed);
  return runOpenSearchChaos({ kills, quotesPerSecond: 1000, random }, environment, log);
}

try {
  if (values.opensearch) printStored(await killStorage());
  else print(await killStages());
} catch (error) {
  process.stdout.write(`failed: ${error instanceof PipelineError ? error.line : String(error)}\n`);
  process.exitCode = 1;
}
