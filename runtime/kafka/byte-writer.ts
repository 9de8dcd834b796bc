import type Cluster from "kafkajs/src/cluster/index.js";

/** Up to here, copying costs less than a piece of its own. */
const smallBytes = 4096;

/** Writes the fields of a small request in Kafka's wire format. Large payloads are kept apart and joined once. */
export class ByteWriter {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    const bytes = Buffer.allocUnsafe(1);
    bytes.writeInt8(value);
    return this.bytes(bytes);
  }

  int16(value: number): this {
    const bytes = Buffer.allocUnsafe(2);
    bytes.writeInt16BE(value);
    return this.bytes(bytes);
  }

  int32(value: number): this {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeInt32BE(value);
    return this.bytes(bytes);
  }

  int64(value: number | bigint): this {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64BE(BigInt(value));
    return this.bytes(bytes);
  }

  /** A length of 16 bits, then UTF-8; null is length -1. */
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const bytes = Buffer.from(value);
    return this.int16(bytes.length).bytes(bytes);
  }

  /** The flexible versions' string: an unsigned varint of its length plus one, then UTF-8; null is 0. */
  compactString(value: string | null): this {
    if (value === null) return this.unsignedVarint(0);
    const bytes = Buffer.from(value);
    return this.unsignedVarint(bytes.length + 1).bytes(bytes);
  }

  unsignedVarint(value: number): this {
    const bytes: number[] = [];
    let rest = value >>> 0;
    while (rest > 127) {
      bytes.push((rest & 127) | 128);
      rest >>>= 7;
    }
    bytes.push(rest);
    return this.bytes(Buffer.from(bytes));
  }

  /** Flexible versions end every structure (and the request's header, which kafkajs does not know) with its tagged fields: none. */
  noTags(): this {
    return this.unsignedVarint(0);
  }

  bytes(value: Buffer): this {
    this.#parts.push(value);
    return this;
  }

  /** What was written, with every payload of more than a few bytes as it was given. */
  parts(): readonly Buffer[] {
    const joined: Buffer[] = [];
    let small: Buffer[] = [];
    const joinSmall = () => {
      if (small.length > 0) joined.push(Buffer.concat(small));
      small = [];
    };
    for (const part of this.#parts) {
      if (part.length <= smallBytes) small.push(part);
      else {
        joinSmall();
        joined.push(part);
      }
    }
    joinSmall();
    return joined;
  }

  /** The whole in the shape that kafkajs's connection sends. */
  encoded(): Cluster.Encoded {
    const buffer = Buffer.concat(this.#parts);
    return { buf: buffer, buffer, size: () => buffer.length };
  }
}
