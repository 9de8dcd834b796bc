/** Bytes that a signed number takes as a varint with zigzag, 1 to 5. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x20_0000) return 3;
  return zigzag < 0x1000_0000 ? 4 : 5;
}

/**
 * Writes a signed 32-bit number as a varint with zigzag, as the fields within record batches are; returns where it ends.
 * @see https://protobuf.dev/programming-guides/encoding/#signed-ints
 */
export function writeVarint(target: Uint8Array, value: number, start: number): number {
  let at = start;
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest > 127) {
    target[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}
