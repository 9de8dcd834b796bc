import { Command } from "commander";
import { PipelineError } from "../../domain/errors.ts";
import { environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables, logVariables } from "../../runtime/config/variables.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";

interface CheckArguments {
  readonly topic?: string;
  readonly group?: string;
  readonly json?: true;
}

/** `bellwether consume check`: where on the way to the feed it fails, and what to mend. */
export function consumeCheckCommand(): Command {
  return new Command("check")
    .description("Look at the way to the feed step by step, and say what to mend where it fails")
    .option("--topic <topic>", "default: those that your rights show")
    .option("--group <group>", "the group that you mean to use")
    .option("--json", "one JSON object a line for each step")
    .addHelpText("after", environmentHelp(kafkaVariables.omit({ KAFKA_COMPRESSION: true })))
    .action((_given: CheckArguments, command: Command) => runCommand(() => check(command.optsWithGlobals())));
}

async function check(given: CheckArguments): Promise<void> {
  const log = stageLog("consumer", parseConfig(logVariables, environment));
  const { topic, group } = given;
  let failed: string | null = null;
  const { checkFeed } = await import("../../consumer/check/check.ts");
  const { checkText } = await import("../../consumer/check/text.ts");
  for await (const result of checkFeed({ environment, topic, group, log, nowMs: Date.now })) {
    process.stdout.write(given.json ? `${JSON.stringify(result)}\n` : checkText(result));
    if (result.outcome === "failed") failed ??= result.step;
  }
  if (failed === null) return;
  throw new PipelineError("kafkaUnreachable", `The way to the feed fails at: ${failed}.`, {
    remedy: "What to mend stands above.",
  });
}
