/**
 * CRC-32C (Castagnoli), which Kafka's record batches carry; Node's own `zlib.crc32` is another polynomial. Eight tables, eight
 * bytes a step: about 1.4 GB/s, so that no native library is needed.
 * @see https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  let at = start;
  for (const last = end - 7; at < last; at += 8) {
    const low = crc ^ word(bytes, at);
    const high = word(bytes, at + 4);
    crc =
      entry(table7, low) ^
      entry(table6, low >>> 8) ^
      entry(table5, low >>> 16) ^
      entry(table4, low >>> 24) ^
      entry(table3, high) ^
      entry(table2, high >>> 8) ^
      entry(table1, high >>> 16) ^
      entry(table0, high >>> 24);
  }
  for (; at < end; at++) crc = entry(table0, crc ^ (bytes[at] as number)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const polynomialReversed = 0x82f63b78;

const table0 = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomialReversed : crc >>> 1;
  return crc;
});
const table1 = shifted(table0);
const table2 = shifted(table1);
const table3 = shifted(table2);
const table4 = shifted(table3);
const table5 = shifted(table4);
const table6 = shifted(table5);
const table7 = shifted(table6);

/** The table of a byte that stands one place further from the end. */
function shifted(table: Int32Array): Int32Array {
  return table.map((crc) => (crc >>> 8) ^ entry(table0, crc));
}

function entry(table: Int32Array, index: number): number {
  return table[index & 255] as number;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}
