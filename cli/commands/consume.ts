import { Command, InvalidArgumentError, Option } from "commander";
import { type ConsumeOptions, runConsume } from "../../consumer/command.ts";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables, logVariables } from "../../runtime/config/variables.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { symbols, wholeNumber } from "../arguments.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";

const variables = kafkaVariables.extend(logVariables.shape);

interface ConsumeArguments {
  readonly format: ConsumeOptions["format"];
  readonly symbols?: readonly string[];
  readonly from: ConsumeOptions["from"];
  readonly count?: number;
  readonly topic?: string;
  readonly group?: string;
}

/** `bellwether consume`: the customer's command line. */
export function consumeCommand(): Command {
  const format = new Option("--format <format>", "a live table, values one a line, or only counts");
  return new Command("consume")
    .description("Read the enriched feed as a customer does")
    .addOption(format.choices(["table", "json", "none"]).default("table"))
    .option("--symbols <list>", "only these, separated by commas (default: all)", symbols)
    .option(
      "--from <where>",
      "beginning, latest, or a time of publishing such as 2026-01-05T14:30:00Z",
      startFrom,
      "latest",
    )
    .option("--count <number>", "stop after so many records", wholeNumber)
    .option("--topic <topic>", "default: the enriched feed")
    .option("--group <group>", "go on where this group left off; begins with your user name")
    .addHelpText("after", environmentHelp(variables))
    .action((given: ConsumeArguments) => runCommand(() => consume(given)));
}

async function consume(given: ConsumeArguments): Promise<void> {
  const config = parseConfig(variables, environment);
  const { stdout } = process;
  await runConsume(
    {
      config,
      format: given.format,
      symbols: given.symbols ?? [],
      from: given.from,
      count: given.count,
      topic: given.topic,
      groupId: given.group,
    },
    {
      log: stageLog("consumer", config),
      shutdown: listenForShutdown(environment),
      nowMs: Date.now,
      stdout,
      terminal: stdout.isTTY
        ? () => ({ columns: stdout.columns, rows: stdout.rows, hasColor: stdout.hasColors() })
        : undefined,
    },
  );
}

function startFrom(text: string): ConsumeOptions["from"] {
  if (text === "beginning" || text === "latest") return text;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError("Give beginning, latest, or a time.");
  return time;
}
