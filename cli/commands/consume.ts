import { Command, Option } from "commander";
import type { ConsumeOptions } from "../../consumer/command/consume.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables, logVariables, metricsVariables } from "../../runtime/config/variables.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { recordCount, startFrom, symbols } from "../arguments.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";
import { consumeCheckCommand } from "./consume-check.ts";

const variables = kafkaVariables.extend(logVariables.shape).extend(metricsVariables.shape);

interface ConsumeArguments {
  readonly format: ConsumeOptions["format"];
  readonly symbols?: readonly string[];
  readonly from: "beginning" | "latest" | Date;
  readonly count?: number;
  readonly topic?: string;
  readonly group?: string;
  readonly quotes?: true;
  readonly trades?: true;
  readonly candles?: true;
  readonly alerts?: true;
  readonly bars?: true;
  readonly minuteBars?: true;
}

/** `bellwether consume`: the customer's command line. */
export function consumeCommand(): Command {
  const format = new Option("--format <format>", "a live table, values one a line, comma-separated, or only counts");
  return new Command("consume")
    .description("Read the feed as a customer does")
    .addOption(format.choices(["table", "json", "csv", "none"]).default("table"))
    .option("--symbols <list>", "only these, separated by commas (default: all)", symbols)
    .option("--quotes", "quotes: the default of a table and of csv; json shows all of the enriched feed by default")
    .option("--trades", "trades")
    .option("--candles", "closed windows and their revisions")
    .option("--alerts", "alerts")
    .option("--bars", "the vendor's bars")
    .option("--minute-bars", "the bars of a product of the shape `bar`")
    .option(
      "--from <where>",
      "beginning, latest, or a time of publishing such as 2026-01-05T14:30:00Z",
      startFrom,
      "latest",
    )
    .option("--count <number>", "stop after so many records, one or more", recordCount)
    .option("--topic <topic>", "default: those that your rights show")
    .option("--group <group>", "go on where this group left off; your user name is put before it")
    .addHelpText("after", environmentHelp(variables.omit({ KAFKA_COMPRESSION: true })))
    .addCommand(consumeCheckCommand())
    .action((given: ConsumeArguments, command: Command) => {
      if (given.format === "csv" && kindsOf(given).length > 1) {
        command.error("error: --format csv has the columns of one kind at a time: give one of --quotes, --trades, …");
      }
      return runCommand(() => consume(given));
    });
}

async function consume(given: ConsumeArguments): Promise<void> {
  const config = parseConfig(variables, environment);
  const { stdout } = process;
  const log = stageLog("consumer", config);
  const canDraw = stdout.isTTY && environment["TERM"] !== "dumb";
  const { runConsume } = await import("../../consumer/command/consume.ts");
  await runConsume(
    {
      config,
      format: given.format,
      kinds: kindsOf(given),
      symbols: given.symbols ?? [],
      from: given.from,
      count: given.count,
      topic: given.topic,
      group: given.group,
    },
    {
      log,
      metricsLog: { log, clock: systemClock, everySeconds: config.LOG_METRICS_SECONDS },
      shutdown: listenForShutdown(environment),
      nowMs: Date.now,
      stdout,
      terminal: canDraw
        ? () => ({ columns: stdout.columns, rows: stdout.rows, hasColor: stdout.hasColors() })
        : undefined,
    },
  );
}

function kindsOf(given: ConsumeArguments): ConsumeOptions["kinds"] {
  return [
    ...(given.quotes ? (["quote"] as const) : []),
    ...(given.trades ? (["trade"] as const) : []),
    ...(given.candles ? (["candle"] as const) : []),
    ...(given.alerts ? (["alert"] as const) : []),
    ...(given.bars ? (["bar"] as const) : []),
    ...(given.minuteBars ? (["minuteBar"] as const) : []),
  ];
}
