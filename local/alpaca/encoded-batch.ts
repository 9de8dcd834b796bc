import { type FeedMessage, textOfMessage } from "./feed.ts";
import { MsgpackWriter } from "./msgpack-writer.ts";

/** How a connection's frames are written: chosen by the handshake's Content-Type. */
export type FrameFormat = "json" | "msgpack";

/** A batch of messages in one frame format, encoded once for all connections. */
export interface EncodedBatch {
  /** One frame, an array of the messages at the given indexes, ascending. */
  frame(indexes: readonly number[]): string | Buffer;
}

/**
 * Encodes a batch. A line that is not JSON goes out as a string element; so does, with its text, a value that msgpack cannot hold
 * (nested more than 100 deep): whatever a recording holds reaches the client in some form.
 */
export function encodeBatch(messages: readonly FeedMessage[], format: FrameFormat): EncodedBatch {
  return format === "json" ? encodeJson(messages) : encodeMsgpack(messages);
}

function encodeJson(messages: readonly FeedMessage[]): EncodedBatch {
  const texts = messages.map(textOfMessage);
  return { frame: (indexes) => `[${indexes.map((index) => texts[index]).join(",")}]` };
}

/** Room for an array header of 32 bits. */
const headerBytesMax = 5;

function encodeMsgpack(messages: readonly FeedMessage[]): EncodedBatch {
  const writer = new MsgpackWriter(messages.length * 160 + 64);
  const ends = new Uint32Array(messages.length);
  messages.forEach((message, index) => {
    writeMessage(writer, message);
    ends[index] = writer.length;
  });
  const { bytes } = writer;
  const startOf = (index: number) => (index === 0 ? 0 : (ends[index - 1] ?? 0));
  return {
    frame(indexes) {
      let size = headerBytesMax;
      for (const index of indexes) size += (ends[index] ?? 0) - startOf(index);
      const frame = Buffer.allocUnsafe(size);
      let at = writeArrayHeader(frame, indexes.length);
      // Neighbours are copied in one go: a client that wants all gets one copy.
      for (let from = 0; from < indexes.length; ) {
        let to = from;
        while (to + 1 < indexes.length && indexes[to + 1] === (indexes[to] ?? 0) + 1) to += 1;
        at += bytes.copy(frame, at, startOf(indexes[from] ?? 0), ends[indexes[to] ?? 0]);
        from = to + 1;
      }
      return frame.subarray(0, at);
    },
  };
}

function writeMessage(writer: MsgpackWriter, message: FeedMessage): void {
  const { length } = writer;
  try {
    writer.write(message.value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    writer.truncate(length);
    writer.string(textOfMessage(message));
  }
}

function writeArrayHeader(frame: Buffer, count: number): number {
  if (count < 16) return frame.writeUInt8(0x90 | count, 0);
  if (count < 0x10000) return frame.writeUInt16BE(count, frame.writeUInt8(0xdc, 0));
  return frame.writeUInt32BE(count, frame.writeUInt8(0xdd, 0));
}
