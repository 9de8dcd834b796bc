import { Command } from "commander";
import { logVariables } from "../../runtime/config/variables.ts";
import { port } from "../arguments.ts";
import { environmentHelp } from "../help.ts";
import type { LocalOptions } from "../local/run-local.ts";
import { runCommand } from "../run-command.ts";

/** `bellwether local`: only the servers, with topics, users and rights made. */
export function localCommand(): Command {
  return new Command("local")
    .description(
      "Start Kafka and OpenSearch alone, with topics, users and rights, and print an administrator's environment",
    )
    .option("--data <dir>", "keep the servers' data there (default: an empty folder each time)")
    .option("--kafka-port <port>", "default: any free one", port)
    .option("--opensearch-port <port>", "default: any free one", port)
    .option("--json", "print the environment as one JSON object on one line")
    .addHelpText("after", environmentHelp(logVariables))
    .action((options: LocalOptions) =>
      runCommand(async () => (await import("../local/run-local.ts")).runLocal(options)),
    );
}
