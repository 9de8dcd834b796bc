import { expect, it } from "vitest";
import { topicConfigs, topicNames } from "../../domain/topics.ts";

const names = topicNames("market.");
const configs = new Map(topicConfigs(names).map(({ topic, configs: settings }) => [topic, settings]));

it("the topics are the six of the design, under the prefix", () => {
  expect(Object.values(names)).toEqual([
    "market.raw",
    "market.enriched",
    "market.candles",
    "market.alerts",
    "market.dead-letter",
    "market.state",
  ]);
  expect(topicNames("test.").deadLetter).toBe("test.dead-letter");
  expect([...configs.keys()]).toEqual(Object.values(names));
});

it("raw and enriched are kept seven days, candles, alerts and dead letters thirty", () => {
  const days = (topic: string) => Number(configs.get(topic)?.["retention.ms"]) / 86_400_000;
  expect([names.raw, names.enriched].map(days)).toEqual([7, 7]);
  expect([names.candles, names.alerts, names.deadLetter].map(days)).toEqual([30, 30, 30]);
});

it("D2: the state topic is compacted, and often enough", () => {
  expect(configs.get(names.state)).toEqual({
    "cleanup.policy": "compact",
    "segment.bytes": "16777216",
    "segment.ms": "300000",
    "min.cleanable.dirty.ratio": "0.1",
    "max.message.bytes": "2097152",
  });
});
