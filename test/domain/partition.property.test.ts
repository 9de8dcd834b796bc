import fc from "fast-check";
import { Partitioners } from "kafkajs";
import { expect, it } from "vitest";
import { partitionOf } from "../../domain/partition.ts";

const byKafkajs = Partitioners.DefaultPartitioner();

function oracle(key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  return byKafkajs({ topic: "market.raw", partitionMetadata, message: { key, value: null } });
}

it("a key's partition is the one that Kafka's default partitioner gives, for any text and any count", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
      expect(partitionOf(key, partitions)).toBe(oracle(key, partitions));
    }),
    { numRuns: 2000 },
  );
});

it("a symbol's partition among twelve is fixed for good", () => {
  const symbols = ["AAPL", "MSFT", "XXX", "BRK.A", "F", "GE", "AB", "ABCDE"];
  expect(symbols.map((symbol) => partitionOf(symbol, 12))).toEqual([9, 6, 7, 2, 2, 1, 6, 9]);
});
