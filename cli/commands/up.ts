import { Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import {
  alpacaVariables,
  kafkaVariables,
  logVariables,
  openSearchVariables,
  ruleVariables,
} from "../../runtime/config/variables.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { port, speed, symbols, wholeNumber } from "../arguments.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";
import { type UpArguments, upOptions } from "../up/options.ts";
import { summaryText } from "../up/summary.ts";

/** The servers' variables are for servers of your own: without them both are started. */
const variables = z.object({
  ...kafkaVariables.partial().shape,
  ...openSearchVariables.partial().shape,
  ...alpacaVariables.shape,
  ...ruleVariables.shape,
  ...logVariables.shape,
});

/** `bellwether up`: what `npm start` runs. */
export function upCommand(): Command {
  const command = new Command("up")
    .description(
      "Run the whole pipeline on this machine: Kafka and OpenSearch are started for you, or named by KAFKA_BROKERS and OPENSEARCH_URL",
    )
    .option(
      "--feed <feed>",
      "live, simulate, or a recording's folder (default: live when Alpaca keys are set, else simulate)",
    )
    .option("--speed <speed>", "times as fast as real time, or max (default: 1)", speed)
    .option("--symbols <list>", "symbols, separated by commas", symbols)
    .option(
      "--until-end",
      "stop when the recording is through and all is published and indexed; products with a delay are not waited for",
    )
    .option("--data <dir>", "keep the servers' data there (default: an empty folder each time)")
    .option("--json", "no live summary; the run's counts as one JSON line at the end")
    .option(
      "--entitlements <file>",
      "write the topics of the products in this file too (see examples/entitlements.yaml)",
    )
    .option("--no-index", "leave OpenSearch and the indexer out")
    .option("--benchmark", "start the servers slower and let them run faster: for measuring")
    .option("--seed <number>", "of the simulator: the same seed gives the same market (default: 1)", wholeNumber)
    .option("--kafka-port <port>", "default: any free one", port)
    .option("--opensearch-port <port>", "default: any free one", port);
  command.addHelpText("after", environmentHelp(variables));
  return command.action((given: UpArguments) => {
    const options = checked(command, () => upOptions(given, environment));
    return runCommand(async () => {
      const log = stageLog("up", parseConfig(logVariables, environment));
      const { up } = await import("../up/up.ts");
      const summary = await up(options, { environment, log, shutdown: listenForShutdown(environment) });
      process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
    });
  });
}

/** Options that do not go together are wrong usage, as a bad option is. */
function checked<T>(command: Command, settle: () => T): T {
  try {
    return settle();
  } catch (error) {
    if (error instanceof InvalidArgumentError) command.error(`error: ${error.message}`);
    throw error;
  }
}
