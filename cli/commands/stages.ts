import { Command, Option } from "commander";
import type { z } from "zod";
import { distributorConfig, distributorVariables } from "../../distributor/config.ts";
import { enricherConfig, enricherVariables } from "../../enricher/config.ts";
import { indexerConfig, indexerVariables } from "../../indexer/config.ts";
import { producerConfig, producerVariables } from "../../producer/config.ts";
import { type Clock, systemClock } from "../../runtime/clock/clock.ts";
import { type Environment, environment } from "../../runtime/config/environment.ts";
import type { Log } from "../../runtime/log/log.ts";
import { listenForShutdown, type Shutdown } from "../../runtime/shutdown/shutdown.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";
import { type LogConfig, stageLog } from "../stage-log.ts";
import { indexSetupCommand } from "./index-setup.ts";

/** What every stage is run with. */
interface StageDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly shutdown: Shutdown;
}

interface Stage<Config extends LogConfig> {
  readonly command: string;
  /** As in its log lines. */
  readonly name: string;
  readonly description: string;
  readonly variables: z.ZodObject;
  readonly config: (from: Environment) => Config;
  /** Flags, what they do, and the variable that each stands for. */
  readonly options?: readonly (readonly [flags: string, description: string, variable: string])[];
  /** Loaded only when the stage runs, so that `--help` needs none of its libraries. */
  readonly load: () => Promise<(config: Config, deps: StageDeps) => Promise<void>>;
}

/** `bellwether produce`: Alpaca to the raw log. */
export function produceCommand(): Command {
  return stageCommand({
    command: "produce",
    name: "producer",
    description: "Stream Alpaca's messages, and the records that rule their meaning, into the raw log",
    variables: producerVariables,
    config: producerConfig,
    load: async () => (await import("../../producer/main.ts")).runProducer,
  });
}

/** `bellwether enrich`: the raw log to the enriched feed. */
export function enrichCommand(): Command {
  return stageCommand({
    command: "enrich",
    name: "enricher",
    description: "Fold the raw log into the enriched feed and its candles",
    variables: enricherVariables,
    config: enricherConfig,
    load: async () => (await import("../../enricher/main.ts")).runEnricher,
  });
}

/** `bellwether distribute`: the enriched feed to each product's own topics. */
export function distributeCommand(): Command {
  return stageCommand({
    command: "distribute",
    name: "distributor",
    description: "Write each product's own topics: its symbols, columns, delay and shape of the enriched feed",
    variables: distributorVariables,
    config: distributorConfig,
    load: async () => (await import("../../distributor/main.ts")).runDistributor,
  });
}

/** `bellwether index`: the enriched feed to OpenSearch; `bellwether index setup` makes it ready. */
export function indexCommand(): Command {
  const command = stageCommand({
    command: "index",
    name: "indexer",
    description: "Write the enriched feed and its candles into OpenSearch",
    variables: indexerVariables,
    config: indexerConfig,
    options: [
      ["--from <place>", "start at beginning: store again what is missing, leave the rest as it is", "INDEX_FROM"],
      ["--retain <days>", "delete days older than this, every hour", "OPENSEARCH_RETAIN_DAYS"],
      ["--compress-after <days>", "store days older than this in less room", "OPENSEARCH_COMPRESS_AFTER_DAYS"],
    ],
    load: async () => (await import("../../indexer/main.ts")).runIndexer,
  });
  return command.enablePositionalOptions().addCommand(indexSetupCommand());
}

const lingerMs = 3000;

/** A stage whose work is done, or could not be begun, ends even where a connection lingers. */
function endSoon(): void {
  setTimeout(() => process.exit(), lingerMs).unref();
}

function stageCommand<Config extends LogConfig>(stage: Stage<Config>): Command {
  const options = (stage.options ?? []).map(([flags, description, variable]) => ({
    option: new Option(flags, description),
    variable,
  }));
  const command = new Command(stage.command).description(stage.description);
  for (const { option } of options) command.addOption(option);
  return command
    .addHelpText("after", environmentHelp(stage.variables))
    .action((given: Readonly<Record<string, string | undefined>>) =>
      runCommand(async () => {
        const set = options.map(({ option, variable }) => [variable, given[option.attributeName()]] as const);
        const overrides = Object.fromEntries(set.filter(([, value]) => value !== undefined));
        const config = stage.config({ ...environment, ...overrides });
        const run = await stage.load();
        await run(config, {
          log: stageLog(stage.name, config),
          clock: systemClock,
          shutdown: listenForShutdown(environment),
        });
      }).finally(endSoon),
    );
}
