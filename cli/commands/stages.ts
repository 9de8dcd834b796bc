import { Command } from "commander";
import { enricherConfig, enricherVariables } from "../../enricher/config.ts";
import { indexerConfig, indexerVariables } from "../../indexer/config.ts";
import { producerConfig, producerVariables } from "../../producer/config.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import { environment } from "../../runtime/config/environment.ts";
import { listenForShutdown } from "../../runtime/shutdown/shutdown.ts";
import { environmentHelp } from "../help.ts";
import { runCommand } from "../run-command.ts";
import { stageLog } from "../stage-log.ts";

/** `bellwether produce`: Alpaca to the raw log. */
export function produceCommand(): Command {
  return new Command("produce")
    .description("Stream Alpaca's messages, and the records that rule their meaning, into the raw log")
    .addHelpText("after", environmentHelp(producerVariables))
    .action(() =>
      runCommand(async () => {
        const config = producerConfig(environment);
        const { runProducer } = await import("../../producer/main.ts");
        await runProducer(config, {
          log: stageLog("producer", config),
          clock: systemClock,
          shutdown: listenForShutdown(),
        });
      }),
    );
}

/** `bellwether enrich`: the raw log to the enriched feed. */
export function enrichCommand(): Command {
  return new Command("enrich")
    .description("Fold the raw log into the enriched feed and its candles")
    .addHelpText("after", environmentHelp(enricherVariables))
    .action(() =>
      runCommand(async () => {
        const config = enricherConfig(environment);
        const { runEnricher } = await import("../../enricher/main.ts");
        await runEnricher(config, {
          log: stageLog("enricher", config),
          clock: systemClock,
          shutdown: listenForShutdown(),
        });
      }),
    );
}

/** `bellwether index`: the enriched feed to OpenSearch. */
export function indexCommand(): Command {
  return new Command("index")
    .description("Write the enriched feed and its candles into OpenSearch")
    .addHelpText("after", environmentHelp(indexerVariables))
    .action(() =>
      runCommand(async () => {
        const config = indexerConfig(environment);
        const { runIndexer } = await import("../../indexer/main.ts");
        await runIndexer(config, {
          log: stageLog("indexer", config),
          clock: systemClock,
          shutdown: listenForShutdown(),
        });
      }),
    );
}
