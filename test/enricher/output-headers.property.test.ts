import fc from "fast-check";
import { expect, it } from "vitest";
import { OutputHeaders } from "../../enricher/output-headers.ts";
import { readBatches } from "../../runtime/kafka/record-batch-reader.ts";
import { RecordBatchWriter, sealBatch } from "../../runtime/kafka/record-batch-writer.ts";
import { encodeHeaders } from "../../runtime/kafka/record-fields.ts";
import type { IncomingRecord, RecordHeaders } from "../../runtime/kafka/types.ts";

/** Often of the same lengths as the one before, often not. */
const anyHeaders: fc.Arbitrary<RecordHeaders> = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^1[0-9]{3}$/).map((time) => ({ sequence: "7", "received-time": time })) },
  fc.constantFrom<RecordHeaders>({}, { "received-time": "" }, { connection: "c1" }),
  fc.uint8Array({ maxLength: 70 }).map((time) => ({ "received-time": time })),
);
const anyRecord = fc.record({
  offset: fc.oneof(
    { weight: 4, arbitrary: fc.nat(20) },
    fc.maxSafeNat(),
    fc.constantFrom(99, 100, 999, 1000, 5110211000727604, 2 ** 53 - 1),
  ),
  headers: anyHeaders,
  index: fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, fc.nat(120)),
  enrichedTime: fc.constantFrom("1720704600000000", "1720704600000001", "9"),
});
type AnyRecord = typeof anyRecord extends fc.Arbitrary<infer T> ? T : never;

/** As a fetch gives it: in the bytes of its batch. */
function fetched({ offset, headers }: AnyRecord): IncomingRecord {
  const writer = new RecordBatchWriter();
  writer.add({ partition: 3, key: "AAPL", value: "{}", headers });
  const { batch } = writer.take(0);
  batch.writeBigInt64BE(BigInt(offset), 0);
  sealBatch(batch, { producerId: 1n, producerEpoch: 0, baseSequence: 0, transactional: false });
  const [record] = readBatches(batch, offset, []).records;
  if (record === undefined) throw new Error("nothing was read");
  return record;
}

/** As a test's own log gives it. */
function inMemory({ offset, headers }: AnyRecord): IncomingRecord {
  const bytes = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)] as const);
  return { offset, key: null, value: null, headers: Object.fromEntries(bytes), timestampMs: 0 };
}

it.each([
  ["fetched", fetched],
  ["in memory", inMemory],
])("D4: the headers of output after output are those that each has by name, for records %s", (_name, recordOf) => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 30 }), (records) => {
      const headers = new OutputHeaders(3, "qG6poJF7S_Cvs-Q1efnXaQ");
      for (const from of records) {
        const { index, enrichedTime } = from;
        const raw = recordOf(from);
        const expected = encodeHeaders(headers.named(raw, index, enrichedTime));
        expect(Buffer.from(headers.encoded(raw, index, enrichedTime))).toEqual(Buffer.from(expected));
      }
    }),
    { numRuns: 500 },
  );
});
