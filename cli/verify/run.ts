import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { exitCodes } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";
import { failuresOf } from "./failures.ts";
import { openSearchFailures } from "./opensearch/failures.ts";
import { openSearchReportText } from "./opensearch/report-text.ts";
import { runVerifyOpenSearch } from "./opensearch/run.ts";
import { reportText } from "./report-text.ts";
import { openSearchAuditVariables, verifyVariables } from "./variables.ts";
import { verify } from "./verify.ts";

export interface VerifyFlags {
  readonly json?: boolean;
  readonly opensearch?: boolean;
  readonly sample?: number;
  readonly retain?: number;
}

/** Audits what was published, or what OpenSearch has of it; prints the report, and sets the exit code. */
export function runVerify(flags: VerifyFlags): Promise<void> {
  return flags.opensearch === true ? auditOpenSearch(flags) : auditTopics(flags);
}

async function auditOpenSearch({ json, sample, retain }: VerifyFlags): Promise<void> {
  const given = retain === undefined ? environment : { ...environment, OPENSEARCH_RETAIN_DAYS: String(retain) };
  const config = parseConfig(verifyVariables.extend(openSearchAuditVariables.shape), given);
  const kafka = createKafka(await kafkaConnection(config, "bellwether-verify"), stageLog("verify", config));
  const { signal } = listenForShutdown(environment);
  const report = await withProgress("records and documents read", (onProgress) =>
    runVerifyOpenSearch(config, { sample: sample ?? null, kafka, signal, onProgress }),
  );
  tell(report, openSearchFailures(report), json === true ? null : openSearchReportText(report));
}

async function auditTopics({ json }: VerifyFlags): Promise<void> {
  const config = parseConfig(verifyVariables, environment);
  const kafka = createKafka(await kafkaConnection(config, "bellwether-verify"), stageLog("verify", config));
  const { signal } = listenForShutdown(environment);
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
