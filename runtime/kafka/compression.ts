import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { ZSTDDecoder } from "zstddec";
import { giveRoomBack } from "./batch-room.ts";
import { giveBack } from "./give-back.ts";

/** How record batches are compressed. Every reader of a topic has to know it: gzip all do, zstd those of Kafka 2.1 and later. */
export type Compression = "none" | "gzip" | "zstd";

// Kafka's numbers in a batch's attributes: https://kafka.apache.org/documentation/#recordbatch
const codecs = { none: 0, gzip: 1, zstd: 4 } as const;
export const codecBits = 0x07;

const lengthAt = 8;
const lengthFrom = 12;
const attributesAt = 21;
const recordsAt = 61;

/** Less is sent as it is: it would hardly be shorter, and a few records in a batch means that they are wanted soon. */
const worthBytes = 4096;
/** The fastest level: on market data the next ones give little more. */
const chunkSize = 131_072;
const zstd = { chunkSize, params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const gzip = { chunkSize, level: constants.Z_BEST_SPEED };

/** A batch with its records compressed, where that is worth it; the bytes given are not to be used any more. It has to be sealed afterwards. */
export function compressBatch(batch: Buffer, compression: Compression): Buffer {
  if (compression === "none" || batch.length < worthBytes) return batch;
  const records = batch.subarray(recordsAt);
  const shorter = compression === "zstd" ? zstdCompressSync(records, zstd) : gzipSync(records, gzip);
  if (shorter.length >= records.length) return batch;
  const compressed = Buffer.allocUnsafeSlow(recordsAt + shorter.length);
  batch.copy(compressed, 0, 0, recordsAt);
  shorter.copy(compressed, recordsAt);
  giveBack(shorter);
  compressed.writeInt32BE(compressed.length - lengthFrom, lengthAt);
  compressed.writeInt16BE(codecs[compression], attributesAt);
  giveRoomBack(batch);
  return compressed;
}

/** The records of a batch, uncompressed; null where the compression is one that this reader does not know. */
export function uncompressedRecords(batch: Buffer): Buffer | null {
  const records = batch.subarray(recordsAt);
  switch (batch.readInt16BE(attributesAt) & codecBits) {
    case codecs.none:
      return records;
    case codecs.gzip:
      return gunzipSync(records);
    case codecs.zstd:
      return zstdUncompressed(records);
    default:
      return null;
  }
}

/**
 * Up to here Node's decoder costs more to set up than to run, and leaves what it set up to the garbage collector; a lasting one holds little more than the
 * largest frame that it has seen.
 */
const smallFrameBytes = 65_536;
let smallFrames: ZSTDDecoder | null = null;
let isAskedFor = false;

function zstdUncompressed(frame: Buffer): Buffer {
  const size = zstdContentSize(frame);
  if (size !== null && size > 0 && size <= smallFrameBytes) {
    askForSmallFrames();
    const content = smallFrames?.decode(frame, size);
    // It tells of no fault; Node's own does.
    if (content?.length === size) return Buffer.from(content.buffer);
  }
  return zstdDecompressSync(frame, { chunkSize: zstdRoom(frame) });
}

/** It is there a few milliseconds later; until then, and should it fail, Node's own does all. */
function askForSmallFrames(): void {
  if (isAskedFor) return;
  isAskedFor = true;
  const load = async () => {
    const { ZSTDDecoder } = await import("zstddec");
    const decoder = new ZSTDDecoder();
    await decoder.init();
    smallFrames = decoder;
  };
  load().catch(() => undefined);
}

/** Of what a frame may claim of itself. */
const zstdRoomMax = 16 * 1024 * 1024;
const zstdRoomMin = 1024;

/** Room for all of a frame's content: Node else gathers it from pieces of 16 KiB, and copies them. Where the frame does not say, a guess. */
function zstdRoom(frame: Buffer): number {
  // One byte more: a room that is filled to the brim is taken for too small.
  const wanted = (zstdContentSize(frame) ?? 4 * frame.length) + 1;
  return Math.min(Math.max(wanted, zstdRoomMin), zstdRoomMax);
}

/** What a zstd frame says of its content's size; null where its writer did not know. @see https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1.1 */
function zstdContentSize(frame: Buffer): number | null {
  if (frame.length < zstdHeaderBytesMax) return null;
  const descriptor = frame.readUInt8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? frame.readUInt8(at) : null;
    case 1:
      return frame.readUInt16LE(at) + 256;
    case 2:
      return frame.readUInt32LE(at);
    default:
      return Number(frame.readBigUInt64LE(at));
  }
}

const zstdHeaderBytesMax = 18;
