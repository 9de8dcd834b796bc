import { Command } from "commander";
import { recordCount, wholeDays } from "../arguments.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";
import type { VerifyFlags } from "../verify/run.ts";
import { openSearchAuditVariables, verifyVariables } from "../verify/variables.ts";

/** `bellwether verify`: the audit. */
export function verifyCommand(): Command {
  return new Command("verify")
    .description(
      "Fold the raw log again, from its beginning or a session snapshot, and compare values, keys and headers with what was published, byte for byte; runs beside a live pipeline",
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
      return runCommand(async () => (await import("../verify/run.ts")).runVerify(options));
    });
}

const help = `
The report says where each partition was audited from; outputs of raw records before that are not compared.
Of the headers only enriched-time, the clock of a run, may be another. A record that names no raw record is different; dead letters of other stages are passed over.
With --opensearch it is compared from what the topics still keep up to what the indexer has committed.
Exit code 0: nothing missing, duplicated, unexpected or different; 1 otherwise, and where nothing could be audited.
${environmentHelp(verifyVariables.omit({ KAFKA_COMPRESSION: true }))}${environmentHelp(openSearchAuditVariables.omit({ TOPIC_PREFIX: true }), "With --opensearch also")}`;
