import { Command } from "commander";
import { indexVariables } from "../../indexer/setup/config.ts";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables, logVariables, openSearchVariables } from "../../runtime/config/variables.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { recordCount, wholeDays } from "../arguments.ts";
import { environmentHelp } from "../help.ts";
import { exitCodes, runCommand } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";
import { failuresOf } from "../verify/failures.ts";
import { reportText } from "../verify/report-text.ts";

const variables = kafkaVariables.extend(logVariables.shape);
const indexing = indexVariables.pick({ TOPIC_PREFIX: true, OPENSEARCH_RETAIN_DAYS: true, OPENSEARCH_REFRESH_MS: true });
const withOpenSearch = openSearchVariables.extend(indexing.shape);

/** `bellwether verify`: the audit. */
export function verifyCommand(): Command {
  return new Command("verify")
    .description(
      "Fold the raw log again, from its beginning or a session snapshot, and compare with what was published, byte for byte; runs beside a live pipeline",
    )
    .option("--opensearch", "compare what the topics hold with what OpenSearch has, document by document, instead")
    .option("--sample <n>", "with --opensearch: all counts, but only n documents or a few more one by one", recordCount)
    .option("--retain <days>", "with --opensearch: leave out days older than this, as `index --retain` does", wholeDays)
    .option("--json", "the whole report as one JSON line")
    .addHelpText("after", help)
    .action((options: VerifyFlags, command: Command) => {
      if (options.opensearch !== true && (options.sample !== undefined || options.retain !== undefined)) {
        command.error("error: --sample and --retain go with --opensearch");
      }
      return runCommand(() =>
        options.opensearch === true ? runOpenSearch(options) : runVerify(options.json === true),
      );
    });
}

interface VerifyFlags {
  readonly json?: boolean;
  readonly opensearch?: boolean;
  readonly sample?: number;
  readonly retain?: number;
}

const help = `
The report says where each partition was audited from; outputs of raw records before that are not compared.
With --opensearch it is compared from what the topics still keep up to what the indexer has committed.
Exit code 0: nothing missing, duplicated, unexpected or different; 1 otherwise, and where nothing could be audited.
${environmentHelp(variables)}
With --opensearch also:
${environmentHelp(withOpenSearch.omit({ TOPIC_PREFIX: true }))}`;

/** Loaded only when it is asked for. */
async function runOpenSearch({ json, sample, retain }: VerifyFlags): Promise<void> {
  const given = retain === undefined ? environment : { ...environment, OPENSEARCH_RETAIN_DAYS: String(retain) };
  const config = parseConfig(variables.extend(withOpenSearch.shape), given);
  const { runVerifyOpenSearch } = await import("../verify/opensearch/run.ts");
  await runVerifyOpenSearch(config, {
    json: json === true,
    sample: sample ?? null,
    kafka: createKafka(await kafkaConnection(config, "bellwether-verify"), stageLog("verify", config)),
    signal: listenForShutdown(environment).signal,
    onProgress: progressOn(process.stderr, "records and documents read"),
  });
}

async function runVerify(json: boolean): Promise<void> {
  const config = parseConfig(variables, environment);
  const log = stageLog("verify", config);
  const kafka = createKafka(await kafkaConnection(config, "bellwether-verify"), log);
  const { verify } = await import("../verify/verify.ts");
  const report = await verify({
    kafka,
    prefix: config.TOPIC_PREFIX,
    signal: listenForShutdown(environment).signal,
    onProgress: progressOn(process.stderr, "raw records folded"),
  });
  const failures = failuresOf(report);
  process.stdout.write(json ? `${JSON.stringify({ ...report, failures })}\n` : reportText(report));
  if (failures.length > 0) process.exitCode = exitCodes.failed;
}

/** The count so far on one line of a terminal; nothing elsewhere. */
function progressOn(stream: NodeJS.WriteStream, what: string): (records: number) => void {
  if (!stream.isTTY) return () => {};
  return (records) => void stream.write(`\r${records.toLocaleString("en-US")} ${what}`);
}
