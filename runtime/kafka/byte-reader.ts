/** Reads Kafka's wire format from one buffer, front to back. Offsets are numbers: exact to 2^53. */
export class ByteReader {
  readonly bytes: Buffer;
  position: number;

  constructor(bytes: Buffer, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  int8(): number {
    return this.bytes.readInt8(this.#advance(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.#advance(4));
  }

  int64(): number {
    const at = this.#advance(8);
    return this.bytes.readInt32BE(at) * 0x1_0000_0000 + this.bytes.readUInt32BE(at + 4);
  }

  /** Exact: for what is no number but a name. */
  bigInt64(): bigint {
    return this.bytes.readBigInt64BE(this.#advance(8));
  }

  /** Empty where it is null. */
  string(): string {
    const length = Math.max(this.int16(), 0);
    const at = this.#advance(length);
    return this.bytes.toString("utf8", at, at + length);
  }

  /** Empty where it is null. */
  compactString(): string {
    const length = Math.max(this.unsignedVarint() - 1, 0);
    const at = this.#advance(length);
    return this.bytes.toString("utf8", at, at + length);
  }

  array<Item>(item: (reader: ByteReader) => Item): Item[] {
    return Array.from({ length: Math.max(this.int32(), 0) }, () => item(this));
  }

  compactArray<Item>(item: (reader: ByteReader) => Item): Item[] {
    return Array.from({ length: Math.max(this.unsignedVarint() - 1, 0) }, () => item(this));
  }

  /** Skips the tagged fields that flexible versions may add at the end of any structure. */
  skipTags(): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      this.unsignedVarint();
      this.skip(this.unsignedVarint());
    }
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.position++] as number;
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    return value >>> 0;
  }

  slice(length: number): Buffer {
    const at = this.#advance(length);
    return this.bytes.subarray(at, at + length);
  }

  skip(length: number): void {
    this.position += length;
  }

  #advance(length: number): number {
    const at = this.position;
    this.position += length;
    return at;
  }
}
