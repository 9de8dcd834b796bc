import { randomBytes } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { compressBatch } from "../../../runtime/kafka/compression.ts";
import { giveBack, Shared } from "../../../runtime/kafka/give-back.ts";
import { readBatches } from "../../../runtime/kafka/record-batch-reader.ts";
import { RecordBatchWriter, sealBatch } from "../../../runtime/kafka/record-batch-writer.ts";

const nobody = { producerId: 0n, producerEpoch: 0, baseSequence: 0, transactional: false };
const text = JSON.stringify({ symbol: "XXX0001", bid: 45.1, ask: 45.2 }).repeat(4000);

function batch(records = 1): Buffer {
  const writer = new RecordBatchWriter();
  for (let at = 0; at < records; at++) writer.add({ partition: 0, key: "A", value: text, headers: {} });
  return writer.take(1).batch;
}

it("memory that is given back is nobody's: its views are of length 0", () => {
  const bytes = Buffer.allocUnsafeSlow(100_000);
  const view = bytes.subarray(10, 20);
  giveBack(bytes);
  expect([bytes.length, view.length, bytes.buffer.byteLength]).toEqual([0, 0, 0]);
});

it("what Node has cut from memory of many is left alone, and so is what is small", () => {
  const pooled = Buffer.allocUnsafe(Math.floor(Buffer.poolSize / 4));
  const small = Buffer.allocUnsafeSlow(100);
  giveBack(pooled);
  giveBack(small);
  expect([pooled.length, small.length]).toEqual([Math.floor(Buffer.poolSize / 4), 100]);
});

it("shared bytes are given back by the last of their users, and by nobody twice", () => {
  const bytes = Buffer.allocUnsafeSlow(100_000);
  const shared = new Shared(() => giveBack(bytes));
  const [first, second] = [shared.use(), shared.use()];
  first();
  first();
  expect(bytes.length).toBe(100_000);
  second();
  expect(bytes.length).toBe(0);
});

it("a record of a batch that was released cannot be read, and does not seem to be empty", () => {
  const compressed = compressBatch(batch(), "zstd");
  sealBatch(compressed, nobody);
  const decoded = readBatches(compressed, 0, []);
  const [record] = decoded.records;
  expect(record?.value?.toString()).toBe(text);
  decoded.release();
  for (const read of [() => record?.value, () => record?.key, () => record?.headers]) expect(read).toThrow(/released/);
  // What it was decoded from is somebody else's to give back.
  expect(compressed.length).toBeGreaterThan(0);
});

it("whoever walks a batch when it is released does not come to its end", () => {
  const compressed = compressBatch(batch(2), "zstd");
  sealBatch(compressed, nobody);
  const decoded = readBatches(compressed, 0, []);
  const walking = decoded.each();
  walking.next();
  decoded.release();
  expect(() => walking.next()).toThrow(/released/);
});

it("compressing gives back the compressor's room, and nothing of its result", () => {
  const noise = randomBytes(30_000).toString("base64");
  const writer = new RecordBatchWriter();
  writer.add({ partition: 0, key: null, value: noise, headers: {} });
  const compressed = compressBatch(writer.take(1).batch, "zstd");
  expect(zstdDecompressSync(compressed.subarray(61)).includes(noise)).toBe(true);
});
