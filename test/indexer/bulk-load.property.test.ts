import fc from "fast-check";
import { expect, it } from "vitest";
import { BulkLoad } from "../../indexer/bulk-load.ts";
import { IndexDocument } from "../../indexer/document.ts";
import { keptBytes } from "../../indexer/kept-records.ts";
import { readBatches } from "../../runtime/kafka/record-batch-reader.ts";
import { RecordBatchWriter } from "../../runtime/kafka/record-batch-writer.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";

const records = fc.array(
  fc.record({
    partition: fc.constant(0),
    key: fc.option(fc.string({ unit: "grapheme", maxLength: 90 })),
    value: fc.string({ unit: "grapheme", maxLength: 200 }).map((text) => `{${JSON.stringify(text)}:1}`),
    headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 90 }), { maxKeys: 6 }),
    tail: fc.constantFrom("", ',"delivery":{"indexMs":1.5}}'),
  }),
  { minLength: 1, maxLength: 20 },
);

function documentOf({ value }: IncomingRecord, tail: string, n: number): IndexDocument {
  return new IndexDocument("quote", "market-quotes-2018.01.03", `id-${n}`, n + 1, value ?? Buffer.alloc(0), tail);
}

it("D5: a record is given back as it was once its batch is gone, whatever stands in the body for it", () => {
  fc.assert(
    fc.property(records, (sent) => {
      const { batch } = new RecordBatchWriter(900_000).write(sent, 0, 1_700_000_000_000);
      const read = readBatches(batch, 0, []).records;
      const limits = { documentsMax: sent.length, bytesMax: 20_000, keptBytesMax: 20_000 };
      const load = new BulkLoad<number>(limits);
      const seen = read.map(({ key, value, headers, offset, timestampMs }) =>
        structuredClone({ key, value, headers: { ...headers }, offset, timestampMs }),
      );
      // Filled for the second time: nothing of the first is left.
      for (const round of [0, 1]) {
        load.clear();
        for (const [n, record] of read.entries()) {
          expect(load.add(documentOf(record, sent[n]?.tail ?? "", n), record, n + round)).toBe(true);
        }
      }
      expect(load.isFull).toBe(true);
      const body = load.body(load.places()).toString();
      batch.fill(0xff);
      for (const [n, was] of seen.entries()) {
        const { headers, ...fields } = load.recordAt(n);
        expect(structuredClone({ ...fields, headers: { ...headers } })).toEqual(was);
        expect(load.ticketAt(n)).toBe(n + 1);
      }
      const lines = body.split("\n").filter((_, line) => line % 2 === 1);
      expect(lines).toEqual(sent.map(({ value, tail }) => (tail === "" ? value : value.slice(0, -1) + tail)));
    }),
    { numRuns: 100 },
  );
});

it("D5: there is room for what fits to the byte, in the body and beside it, and for no byte more", () => {
  const [record] = readBatches(
    new RecordBatchWriter().write([{ partition: 0, key: "XXX", value: "{}", headers: { a: "b" } }], 0, 0).batch,
    0,
    [],
  ).records;
  if (record === undefined) throw new Error("nothing was read");
  const document = documentOf(record, "", 0);
  const probe = new BulkLoad<number>({ documentsMax: 1, bytesMax: 1000, keptBytesMax: 1000 });
  probe.add(document, record, 0);
  const bytesMax = probe.body([0]).length;
  const keptBytesMax = keptBytes(record);
  const takes = (limits: { bytesMax: number; keptBytesMax: number }) =>
    new BulkLoad<number>({ documentsMax: 1, ...limits }).add(document, record, 0);
  expect(takes({ bytesMax, keptBytesMax })).toBe(true);
  expect(takes({ bytesMax: bytesMax - 1, keptBytesMax })).toBe(false);
  expect(takes({ bytesMax, keptBytesMax: keptBytesMax - 1 })).toBe(false);
});
