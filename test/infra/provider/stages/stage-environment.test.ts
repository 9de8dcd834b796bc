import { describe, expect, it } from "vitest";
import { distributorConfig, distributorVariables } from "../../../../distributor/config.ts";
import { profiles } from "../../../../domain/deployment/profiles.ts";
import { enricherConfig, enricherVariables } from "../../../../enricher/config.ts";
import { indexerConfig, indexerVariables } from "../../../../indexer/config.ts";
import { setupConfig, setupVariables } from "../../../../indexer/setup/config.ts";
import { searchSetupSettings, stageEnvironments } from "../../../../infra/provider/stages/stage-environment.ts";
import { producerConfig, producerVariables } from "../../../../producer/config.ts";

const environments = stageEnvironments({
  region: "us-east-1",
  iamBootstrap: "b-1.example.com:9098,b-2.example.com:9098",
  topicPrefix: "market.",
  feed: { symbols: ["AAPL", "BRK.B"], stream: "v2/sip" },
  settings: { THRESHOLD_PERCENT: "3", WINDOW_INTERVALS: "1m,5m,1h", LOG_LEVEL: "debug" },
  search: profiles.prod.search,
  searchUrl: "https://search.example.com",
  alpacaSecretId: "arn:aws:secretsmanager:us-east-1:123456789012:secret:alpaca-AbCdEf",
  indexerSecretId: "arn:aws:secretsmanager:us-east-1:123456789012:secret:indexer-AbCdEf",
});

const stages = {
  producer: { parse: producerConfig, variables: producerVariables },
  enricher: { parse: enricherConfig, variables: enricherVariables },
  indexer: { parse: indexerConfig, variables: indexerVariables },
  distributor: { parse: distributorConfig, variables: distributorVariables },
} as const;

describe("a stage's environment", () => {
  it.each(Object.entries(stages))(
    "of the %s is what the stage itself takes, each name a documented one",
    (name, stage) => {
      const environment = environments[name as keyof typeof stages];
      expect(Object.keys(environment).filter((key) => !(key in stage.variables.shape))).toEqual([]);
      expect(stage.parse(environment)).toMatchObject({
        KAFKA_AUTH: "iam",
        TOPIC_PREFIX: "market.",
        LOG_LEVEL: "debug",
      });
    },
  );

  it("takes the rules to the producer alone, which puts them on the log, and the thresholds to the bars", () => {
    expect(stages.producer.parse(environments.producer)).toMatchObject({
      THRESHOLD_PERCENT: 3,
      WINDOW_INTERVALS: ["1m", "5m", "1h"],
      SYMBOLS: ["AAPL", "BRK.B"],
      ALPACA_STREAM_URL: "wss://stream.data.alpaca.markets/v2/sip",
    });
    expect(environments.enricher).not.toHaveProperty("WINDOW_INTERVALS");
    expect(environments.distributor).toHaveProperty("THRESHOLD_PERCENT", "3");
  });

  it("holds no secret, only which secret", () => {
    const all = Object.values(environments).flatMap((environment) => Object.keys(environment));
    expect(all.filter((name) => /PASSWORD|SECRET_KEY|API_KEY/.test(name))).toEqual([]);
  });

  it("of the set-up of search is what `index setup` takes", () => {
    const settings = searchSetupSettings("market.", profiles.dev.search);
    expect(Object.keys(settings).filter((key) => !(key in setupVariables.shape))).toEqual([]);
    const config = setupConfig({ ...settings, OPENSEARCH_URL: "https://search.example.com" });
    expect(config).toMatchObject({ TOPIC_PREFIX: "market.", OPENSEARCH_RETAIN_DAYS: 14 });
  });
});
