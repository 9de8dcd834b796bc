import { Command } from "commander";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables, logVariables } from "../../runtime/config/variables.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { environmentHelp } from "../help.ts";
import { exitCodes, runCommand } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";
import { failuresOf } from "../verify/failures.ts";
import { reportText } from "../verify/report-text.ts";

const variables = kafkaVariables.extend(logVariables.shape);

/** `bellwether verify`: the audit. */
export function verifyCommand(): Command {
  return new Command("verify")
    .description(
      "Fold the raw log again, from its beginning or a session snapshot, and compare with what was published, byte for byte; runs beside a live pipeline",
    )
    .option("--json", "the whole report as one JSON line")
    .addHelpText(
      "after",
      `\nThe report says where each partition was audited from; outputs of raw records before that are not compared.\nExit code 0: nothing missing, duplicated or different; 1 otherwise, and where nothing could be audited.\n${environmentHelp(variables)}`,
    )
    .action((options: { readonly json?: boolean }) => runCommand(() => runVerify(options.json === true)));
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
    onProgress: progressOn(process.stderr),
  });
  const failures = failuresOf(report);
  process.stdout.write(json ? `${JSON.stringify({ ...report, failures })}\n` : reportText(report));
  if (failures.length > 0) process.exitCode = exitCodes.failed;
}

/** The count so far on one line of a terminal; nothing elsewhere. */
function progressOn(stream: NodeJS.WriteStream): (records: number) => void {
  if (!stream.isTTY) return () => {};
  return (records) => void stream.write(`\r${records.toLocaleString("en-US")} raw records folded`);
}
