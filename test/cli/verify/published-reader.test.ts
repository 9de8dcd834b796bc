import { expect, it } from "vitest";
import type { PublishedRecord } from "../../../cli/verify/comparison.ts";
import { TopicReader } from "../../../cli/verify/published-reader.ts";
import type { IncomingBatch, IncomingRecord } from "../../../runtime/kafka/types.ts";

const place = (offset: number) => ({ "source-offset": String(offset), "source-index": "0" });

function record(offset: number, headers: Readonly<Record<string, string>>): IncomingRecord {
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { offset, key: null, value: Buffer.from(`value ${offset}`), headers: bytes, timestampMs: 0 };
}

async function* batches(records: readonly IncomingRecord[]): AsyncGenerator<IncomingBatch> {
  for (const each of records) {
    yield { topic: "any", partition: 0, records: [each], beginOffset: 0, endOffset: records.length };
  }
}

async function read(topic: { readonly isShared: boolean }, records: readonly IncomingRecord[]) {
  const reader = new TopicReader(batches(records), topic);
  const found: PublishedRecord[] = [];
  for (let next = await reader.peek(); next !== null; next = await reader.peek()) {
    found.push(next);
    reader.take();
  }
  return { offsets: found.map(({ offset }) => offset), strangers: reader.strangers };
}

const ofOtherStages = [
  record(0, { ...place(7), stage: "indexer" }),
  record(1, { ...place(8), stage: "distributor" }),
  record(2, { stage: "indexer" }),
  record(3, { ...place(9), stage: "enricher" }),
];

it("D3: dead letters of other stages are passed over, with a place of a raw record or without", async () => {
  expect(await read({ isShared: true }, ofOtherStages)).toEqual({
    offsets: [9],
    strangers: { count: 0, first: null },
  });
});

it("D3: on a topic that only the enricher writes no stage is passed over", async () => {
  expect(await read({ isShared: false }, ofOtherStages)).toEqual({
    offsets: [7, 8, 9],
    strangers: { count: 1, first: { publishedOffset: 2, value: Buffer.from("value 2") } },
  });
});

it.each([
  ["no header", {}],
  ["no offset", { "source-index": "0" }],
  ["no index", { "source-offset": "5" }],
  ["an empty offset", { "source-offset": "", "source-index": "0" }],
  ["an offset that is no number", { "source-offset": "five", "source-index": "0" }],
  ["an index below zero", { "source-offset": "5", "source-index": "-1" }],
])("D4: a record with %s is counted, and where it stands is kept of the first", async (_, headers) => {
  const records = [record(0, place(1)), record(1, headers), record(2, headers), record(3, place(2))];
  const strangers = { count: 2, first: { publishedOffset: 1, value: Buffer.from("value 1") } };
  expect(await read({ isShared: false }, records)).toEqual({ offsets: [1, 2], strangers });
});

it("D3: a dead letter without a stage and a place is nobody's", async () => {
  expect((await read({ isShared: true }, [record(0, { reason: "notJson" })])).strangers.count).toBe(1);
});
