import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import { createZstdCompress } from "node:zlib";
import { crc32c } from "@node-rs/crc32";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compressBatch } from "../../../runtime/kafka/compression.ts";
import { readValue } from "../../../runtime/kafka/fetched-record.ts";
import { readBatches } from "../../../runtime/kafka/record-batch-reader.ts";
import { RecordBatchWriter, sealBatch } from "../../../runtime/kafka/record-batch-writer.ts";
import type { OutgoingRecord } from "../../../runtime/kafka/types.ts";

// kafkajs's own decoder is the judge: it was written by others, from Kafka's documentation.
const require = createRequire(import.meta.url);
const Decoder = require("kafkajs/src/protocol/decoder");
const decodeRecordBatch = require("kafkajs/src/protocol/recordBatch/v0/decoder") as (decoder: unknown) => Promise<{
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly inTransaction: boolean;
  readonly lastOffsetDelta: number;
  readonly records: readonly {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: Readonly<Record<string, Buffer>>;
  }[];
}>;

const text = fc.oneof(fc.string({ maxLength: 70 }), fc.string({ unit: "grapheme", maxLength: 70 }), longText());
const field = fc.oneof(
  fc.constant(null),
  text,
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const headerValue = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 90 }).map((bytes) => Buffer.from(bytes)),
);
const headerName = fc.oneof(
  fc.constantFrom("received-time", "source-offset", "log-id"),
  fc.string({ minLength: 1, maxLength: 80 }),
);
// kafkajs takes a header that has the name of a method of all objects for one that came before.
const judgedName = headerName.filter((name) => !(name in {}));
const record: fc.Arbitrary<OutgoingRecord> = fc.record({
  partition: fc.constant(0),
  key: field,
  value: field,
  headers: fc.oneof(fc.dictionary(judgedName, headerValue, { maxKeys: 8 }), manyHeaders()),
});
const records = fc.array(record, { minLength: 1, maxLength: 40 });
const producer = fc.record({
  producerId: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  producerEpoch: fc.nat(32_767),
  baseSequence: fc.nat(2 ** 31 - 1),
  transactional: fc.boolean(),
});

/** So many records of much the same. */
function alike(count: number) {
  const record = { partition: 0, key: "AAPL", value: '{"type":"quote","symbol":"AAPL"}', headers: {} };
  return Array.from({ length: count }, () => record);
}

/** Lengths around where the varints grow by a byte. */
function longText(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(62, 63, 64, 65, 8189, 8192, 8200), fc.constantFrom("a", "é", "漢", "😀"))
    .map(([n, unit]) => unit.repeat(n));
}

/** More than 63 need a count of two bytes. */
function manyHeaders(): fc.Arbitrary<Record<string, string>> {
  return fc
    .constantFrom(63, 64, 65, 200)
    .map((n) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`h${i}`, `${i}`])));
}

const asBytes = (value: string | Uint8Array | null) => (value === null ? null : Buffer.from(value));

it("kafkajs's decoder reads back every batch that the encoder writes", async () => {
  const writer = new RecordBatchWriter(900_000);
  await fc.assert(
    fc.asyncProperty(records, producer, fc.nat(4e12), async (sent, from, timestampMs) => {
      const { batch, count } = writer.write(sent, 0, timestampMs);
      sealBatch(batch, from);
      const decoded = await decodeRecordBatch(new Decoder(batch));
      expect(count).toBe(sent.length);
      expect(decoded.records).toHaveLength(sent.length);
      expect(decoded).toMatchObject({
        producerId: String(from.producerId),
        producerEpoch: from.producerEpoch,
        firstSequence: from.baseSequence,
        inTransaction: from.transactional,
        lastOffsetDelta: sent.length - 1,
      });
      for (const [index, { key, value, headers }] of sent.entries()) {
        const got = decoded.records[index];
        expect(got?.offset).toBe(String(index));
        expect(got?.timestamp).toBe(String(timestampMs));
        expect(got?.key).toEqual(asBytes(key));
        expect(got?.value).toEqual(asBytes(value));
        expect(Object.keys(got?.headers ?? {})).toEqual(Object.keys(headers));
        for (const [name, sentValue] of Object.entries(headers)) expect(got?.headers[name]).toEqual(asBytes(sentValue));
      }
      expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
    }),
    { numRuns: 150 },
  );
});

it("our reader reads back every batch that the encoder writes, from any offset on", () => {
  const writer = new RecordBatchWriter(900_000);
  fc.assert(
    fc.property(records, producer, fc.nat(60), (sent, from, fromOffset) => {
      const { batch } = writer.write(sent, 0, 1_700_000_000_000);
      sealBatch(batch, from);
      const { records: got, nextOffset, each } = readBatches(batch, fromOffset, []);
      expect(nextOffset).toBe(sent.length);
      expect([...each()].map(({ offset, value }) => [offset, value])).toEqual(
        got.map(({ offset, value }) => [offset, value]),
      );
      for (const record of got) {
        const read = readValue(record, (bytes, start, end) => bytes && Buffer.from(bytes.subarray(start, end)));
        expect(read).toEqual(record.value);
      }
      expect(got.map(({ offset }) => offset)).toEqual([...sent.keys()].filter((offset) => offset >= fromOffset));
      for (const { offset, key, value, headers } of got) {
        expect(key).toEqual(asBytes(sent[offset]?.key ?? null));
        expect(value).toEqual(asBytes(sent[offset]?.value ?? null));
        for (const [name, sentValue] of Object.entries(sent[offset]?.headers ?? {})) {
          expect(headers[name]).toEqual(asBytes(sentValue));
        }
      }
    }),
    { numRuns: 150 },
  );
});

it("any records come in batches within the bound, each once and in order, and a larger one alone", () => {
  const bytesMax = 2000;
  const writer = new RecordBatchWriter(bytesMax);
  fc.assert(
    fc.property(records, (sent) => {
      const values: (Buffer | null)[] = [];
      for (let from = 0; from < sent.length; ) {
        const { batch, count } = writer.write(sent, from, 0);
        expect(count).toBeGreaterThan(0);
        if (count > 1) expect(batch.length).toBeLessThanOrEqual(bytesMax);
        values.push(...readBatches(batch, 0, []).records.map(({ value }) => value));
        from += count;
      }
      expect(values).toEqual(sent.map(({ value }) => asBytes(value)));
    }),
    { numRuns: 100 },
  );
});

it("a response that is cut off anywhere gives the whole batches before the cut", () => {
  const writer = new RecordBatchWriter(900_000);
  fc.assert(
    fc.property(records, fc.nat(), (sent, seed) => {
      const first = writer.write(sent, 0, 0).batch;
      const second = Buffer.from(first);
      second.writeBigInt64BE(BigInt(sent.length), 0);
      const cut = first.length + (seed % second.length);
      const { records: got, nextOffset } = readBatches(Buffer.concat([first, second]).subarray(0, cut), 0, []);
      expect(got).toHaveLength(sent.length);
      expect(nextOffset).toBe(sent.length);
    }),
    { numRuns: 100 },
  );
});

it("headers may have any name, those of an object's own methods too", () => {
  const headers = Object.fromEntries(["__proto__", "toString", "constructor"].map((name) => [name, "value"]));
  const { batch } = new RecordBatchWriter(900_000).write([{ partition: 0, key: null, value: null, headers }], 0, 0);
  const [got] = readBatches(batch, 0, []).records;
  expect(Object.entries(got?.headers ?? {}).map(([name, value]) => [name, value.toString()])).toEqual(
    Object.entries(headers),
  );
});

it.each(["none", "gzip", "zstd"] as const)(
  "what is compressed (%s) is read back as it was, however often it is sealed",
  (compression) => {
    const writer = new RecordBatchWriter();
    fc.assert(
      fc.property(records, producer, (sent, from) => {
        const many = [...sent, ...sent, ...sent];
        const batch = compressBatch(writer.write(many, 0, 0).batch, compression);
        sealBatch(batch, { ...from, transactional: !from.transactional });
        sealBatch(batch, from);
        const { records: got, nextOffset } = readBatches(batch, 0, []);
        expect(nextOffset).toBe(many.length);
        expect(got.map(({ value }) => value)).toEqual(many.map(({ value }) => asBytes(value)));
        expect(batch.readUInt32BE(17)).toBe(crc32c(batch.subarray(21)));
      }),
      { numRuns: 60 },
    );
  },
);

it("where the next fetch begins is known while what came still waits compressed", () => {
  const compressed = compressBatch(new RecordBatchWriter().write(alike(1000), 0, 0).batch, "zstd");
  compressed.fill(0, 61);
  const decoded = readBatches(compressed, 0, []);
  expect(decoded.nextOffset).toBe(1000);
  expect(() => decoded.records).toThrow();
});

it.each([1, 20, 1000])(
  "zstd of a writer that does not say how large it is, as of a stream, is read (%i records)",
  async (count) => {
    const plain = new RecordBatchWriter().write(alike(count), 0, 0).batch;
    const stream = createZstdCompress();
    stream.write(plain.subarray(61, 70));
    stream.end(plain.subarray(70));
    const batch = Buffer.concat([plain.subarray(0, 61), await buffer(stream)]);
    batch.writeInt32BE(batch.length - 12, 8);
    batch.writeInt16BE(4, 21);
    expect(readBatches(batch, 0, []).records.map(({ value }) => value?.toString())).toEqual(
      alike(count).map(({ value }) => value),
    );
  },
);

it("a batch of much the same is far shorter compressed, and one of few bytes stays as it is", () => {
  const writer = new RecordBatchWriter();
  const many = compressBatch(writer.write(alike(1000), 0, 0).batch, "zstd");
  expect(many.length).toBeLessThan(2000);
  expect(many.readInt16BE(21) & 0x07).toBe(4);
  const one = writer.write(alike(1), 0, 0).batch;
  expect(compressBatch(one, "zstd")).toBe(one);
});
