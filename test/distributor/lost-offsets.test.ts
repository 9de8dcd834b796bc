import { expect, it } from "vitest";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import { topics } from "../support/broker.ts";
import { startRunner } from "./fake-group.ts";

const [prices] = parseEntitlements(
  "products:\n  prices: { symbols: [AAPL], kinds: [quotes, candles] }\ncustomers: {}\n",
  "market.",
).products;
if (prices === undefined) throw new Error("there is no product");
const product = prices;
const own = "market.product.prices";

const assigned = [topics.enriched, topics.candles].map((topic) => ({
  topic,
  partition: 0,
  committedOffset: null,
  beginOffset: 10,
}));
const at = (topic: string, offset: number) => ({ topic, partition: 0, offset });

function quote(offset: number): IncomingRecord {
  const value = Buffer.from('{"type":"quote","symbol":"AAPL"}');
  return { offset, key: Buffer.from("AAPL"), value, headers: {}, timestampMs: 0 };
}

function batch(...offsets: number[]) {
  return { topic: topics.enriched, partition: 0, records: offsets.map(quote), beginOffset: 10, endOffset: 100 };
}

it("D1: a new group commits where it begins before it writes anything", async () => {
  const { group, assign, transactions } = await startRunner(product, {});
  expect(await assign(assigned)).toEqual([at(topics.enriched, 10), at(topics.candles, 10)]);
  await group.onBatch(batch(10, 11));
  expect(transactions.map(({ records, positions }) => [records.length, positions])).toEqual([
    [0, [at(topics.enriched, 10), at(topics.candles, 10)]],
    [2, [at(topics.enriched, 12)]],
  ]);
});

it("D1: a group that has lost its offsets writes nothing again of a product with records, and says what to set", async () => {
  const { assign, transactions, failures } = await startRunner(product, { ends: { [own]: [0, 70] } });
  expect(await assign(assigned)).toEqual([]);
  expect(failures).toMatchObject([
    { code: "kafkaFailed", retriable: false, message: expect.stringContaining("market.distributor.prices") },
  ]);
  expect(failures).toMatchObject([{ remedy: expect.stringContaining("source-offset") }]);
  expect(transactions).toEqual([]);
});

it("a product of which nothing is kept is begun at the beginning", async () => {
  const { assign, failures } = await startRunner(product, { begins: { [own]: [70] }, ends: { [own]: [70] } });
  expect(await assign(assigned)).toHaveLength(2);
  expect(failures).toEqual([]);
});

it("a source that a product has since yesterday begins at its beginning, and the others where they are", async () => {
  const committed = { [topics.enriched]: { 0: 40 } };
  const { assign, transactions } = await startRunner(product, { ends: { [own]: [70] }, committed });
  expect(await assign(assigned)).toEqual([at(topics.enriched, 40), at(topics.candles, 10)]);
  expect(transactions.map(({ positions }) => positions)).toEqual([[at(topics.candles, 10)]]);
});

it("a member that joins while another writes is not taken for one that has lost its offsets", async () => {
  const committed = { [topics.enriched]: { 5: 40 } };
  const { assign, failures } = await startRunner(product, { ends: { [own]: [70] }, committed });
  expect(await assign(assigned)).toHaveLength(2);
  expect(failures).toEqual([]);
});

it("D3: records that were deleted before they were read are counted, and nothing behind the hole is written", async () => {
  const committed = { [topics.enriched]: { 0: 40 }, [topics.candles]: { 0: 40 } };
  const { group, assign, transactions, failures, metrics } = await startRunner(product, { committed });
  await assign(assigned);
  group.onSkipped?.(at(topics.enriched, 40), 90);
  await group.onBatch(batch(90, 91));
  expect(failures).toMatchObject([
    {
      code: "kafkaTopic",
      message: expect.stringContaining("market.enriched partition 0: offsets 40 to 89 are gone"),
      remedy: expect.stringContaining("--group market.distributor.prices --reset-offsets --to-earliest"),
    },
  ]);
  expect(metrics.get("missed")).toBe(50);
  expect(transactions).toEqual([]);
});

it("D3: what was deleted while the process was down is told at its start, of all partitions at once", async () => {
  const committed = { [topics.enriched]: { 0: 4 }, [topics.candles]: { 0: 2 } };
  const { assign, failures, metrics } = await startRunner(product, { committed });
  expect(await assign(assigned)).toEqual([]);
  expect(failures).toHaveLength(1);
  expect(failures).toMatchObject([
    { remedy: expect.stringContaining("--topic market.enriched:0 --topic market.candles:0") },
  ]);
  expect(metrics.get("missed")).toBe(14);
});

it("where only the marker of the last transaction that was read is gone, nothing is lost", async () => {
  const committed = { [topics.enriched]: { 0: 9 }, [topics.candles]: { 0: 10 } };
  const { group, assign, failures } = await startRunner(product, { committed });
  expect(await assign(assigned)).toHaveLength(2);
  group.onSkipped?.(at(topics.enriched, 9), 10);
  expect(failures).toEqual([]);
});
