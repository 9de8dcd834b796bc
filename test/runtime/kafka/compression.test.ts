import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, expect, it, vi } from "vitest";
import { ZSTDDecoder } from "zstddec";
import { compressBatch, uncompressedRecords } from "../../../runtime/kafka/compression.ts";

const headerBytes = 61;
const attributesAt = 21;
const zstdCodec = 4;
/** From here on Node's own decoder is used. */
const smallFrameBytes = 65_536;

beforeAll(async () => {
  // The first small frame asks for its decoder; all decoders share what is waited for here.
  const small = batchOfFrame(zstdCompressSync(Buffer.alloc(300)));
  expect(uncompressedRecords(small)).toEqual(Buffer.alloc(300));
  await new ZSTDDecoder().init();
  const decode = vi.spyOn(ZSTDDecoder.prototype, "decode");
  await vi.waitUntil(() => uncompressedRecords(small) !== null && decode.mock.calls.length > 0, { timeout: 30_000 });
});

function batchOf(records: Buffer): Buffer {
  // Memory of its own: it is given back.
  const batch = Buffer.alloc(headerBytes + records.length);
  records.copy(batch, headerBytes);
  return batch;
}

/** A batch whose records are this frame. */
function batchOfFrame(frame: Buffer): Buffer {
  const batch = batchOf(frame);
  batch.writeInt16BE(zstdCodec, attributesAt);
  return batch;
}

const sizes = [4096, 10_000, smallFrameBytes - 1, smallFrameBytes, smallFrameBytes + 1, 500_000];

it.each(sizes)("records of %i bytes come out of a batch as they went in, whichever decoder is used", (size) => {
  const text = Array.from({ length: size / 8 + 1 }, (_, at) => String(at * 7919).padStart(8)).join("");
  const records = Buffer.from(text.slice(0, size));
  for (const compression of ["none", "gzip", "zstd"] as const) {
    const batch = compressBatch(batchOf(records), compression);
    if (compression !== "none") expect(batch.length).toBeLessThan(size);
    expect(uncompressedRecords(batch)?.equals(records)).toBe(true);
  }
});

it("another writer's frames are read too: with a checksum, of another level, and without the size of their content", () => {
  const params = { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 9 };
  const sizeless = { ...params, [constants.ZSTD_c_contentSizeFlag]: 0 };
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), fc.integer({ min: 1, max: 40 }), (bytes, times) => {
      const records = Buffer.concat(Array.from({ length: times }, () => bytes));
      for (const options of [{ params }, { params: sizeless }]) {
        const read = uncompressedRecords(batchOfFrame(zstdCompressSync(records, options)));
        expect(read?.equals(records)).toBe(true);
      }
    }),
  );
});

it.each([3000, 200_000])("a frame that was cut off or spoilt is a fault, not other records (%i bytes)", (size) => {
  const records = Buffer.from(Array.from({ length: size }, (_, at) => (at * at) % 251));
  const frame = zstdCompressSync(records, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const spoilt = Buffer.from(frame);
  spoilt.writeUInt8((spoilt.at(-20) ?? 0) ^ 0xff, spoilt.length - 20);
  expect(() => uncompressedRecords(batchOfFrame(frame.subarray(0, frame.length - 9)))).toThrow();
  expect(() => uncompressedRecords(batchOfFrame(spoilt))).toThrow();
});
