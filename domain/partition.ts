/**
 * The partition of a key by Kafka's default partitioner: murmur2 of its UTF-8 bytes, made positive, modulo the count.
 * @see https://github.com/apache/kafka/blob/4.0.0/clients/src/main/java/org/apache/kafka/common/utils/Utils.java (murmur2)
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(encoder.encode(key)) & 0x7fffffff) % partitions;
}

const encoder = new TextEncoder();
const multiplier = 0x5bd1e995;

function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const at = (index: number) => bytes[index] ?? 0;
  let hash = 0x9747b28c ^ length;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    let k = at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
    k = Math.imul(k, multiplier);
    k ^= k >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(k, multiplier);
  }
  if (length > whole) {
    if (length - whole === 3) hash ^= at(whole + 2) << 16;
    if (length - whole >= 2) hash ^= at(whole + 1) << 8;
    hash = Math.imul(hash ^ at(whole), multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
