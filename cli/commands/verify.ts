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
import { openSearchFailures } from "../verify/opensearch/failures.ts";
import { openSearchReportText } from "../verify/opensearch/report-text.ts";
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
      return runCommand(() => (options.opensearch === true ? runOpenSearch(options) : runVerify(options)));
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
${environmentHelp(variables.omit({ KAFKA_COMPRESSION: true }))}${environmentHelp(withOpenSearch.omit({ TOPIC_PREFIX: true }), "With --opensearch also")}`;

/** Loaded only when it is asked for. */
async function runOpenSearch({ json, sample, retain }: VerifyFlags): Promise<void> {
  const given = retain === undefined ? environment : { ...environment, OPENSEARCH_RETAIN_DAYS: String(retain) };
  const config = parseConfig(variables.extend(withOpenSearch.shape), given);
  const kafka = createKafka(await kafkaConnection(config, "bellwether-verify"), stageLog("verify", config));
  const { signal } = listenForShutdown(environment);
  const { runVerifyOpenSearch } = await import("../verify/opensearch/run.ts");
  const report = await withProgress("records and documents read", (onProgress) =>
    runVerifyOpenSearch(config, { sample: sample ?? null, kafka, signal, onProgress }),
  );
  tell(report, openSearchFailures(report), json === true ? null : openSearchReportText(report));
}

async function runVerify({ json }: VerifyFlags): Promise<void> {
  const config = parseConfig(variables, environment);
  const kafka = createKafka(await kafkaConnection(config, "bellwether-verify"), stageLog("verify", config));
  const { signal } = listenForShutdown(environment);
  const { verify } = await import("../verify/verify.ts");
  const report = await withProgress("raw records folded", (onProgress) =>
    verify({ kafka, prefix: config.TOPIC_PREFIX, signal, onProgress }),
  );
  tell(report, failuresOf(report), json === true ? null : reportText(report));
}

/** Prints a report, as one JSON line where there is no text, and sets the exit code. */
function tell(report: object, failures: readonly string[], text: string | null): void {
  process.stdout.write(text ?? `${JSON.stringify({ ...report, failures })}\n`);
  if (failures.length > 0) process.exitCode = exitCodes.failed;
}

/** Shows the count so far on one line of a terminal, which is gone when the work is done; nothing elsewhere. */
async function withProgress<T>(what: string, work: (onProgress: (count: number) => void) => Promise<T>): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return work(() => {});
  try {
    return await work((count) => void stderr.write(`\r${count.toLocaleString("en-US")} ${what}`));
  } finally {
    stderr.write("\r\u001b[K");
  }
}
