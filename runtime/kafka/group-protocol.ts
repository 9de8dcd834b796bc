import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { TopicPartition } from "./types.ts";

/** Kafka's own name for the way partitions are dealt here, so that other clients may share a group. */
export const assignorName = "roundrobin";

/** What a member tells the group's leader: the topics that it reads, and what its way of dealing wants to know besides. */
export function encodeSubscription(topics: readonly string[], userData: Buffer | null = null): Buffer {
  const writer = new ByteWriter().int16(0).int32(topics.length);
  for (const topic of topics) writer.string(topic);
  if (userData === null) return writer.int32(-1).encoded().buffer;
  return writer.int32(userData.length).bytes(userData).encoded().buffer;
}

export function decodeSubscription(bytes: Buffer): { readonly topics: readonly string[]; readonly userData: Buffer } {
  const reader = new ByteReader(bytes);
  reader.int16();
  const topics = reader.array((item) => item.string());
  return { topics, userData: reader.slice(Math.max(reader.int32(), 0)) };
}

export function encodeAssignment(assigned: readonly TopicPartition[]): Buffer {
  const byTopic = Map.groupBy(assigned, ({ topic }) => topic);
  const writer = new ByteWriter().int16(0).int32(byTopic.size);
  for (const [topic, partitions] of byTopic) {
    writer.string(topic).int32(partitions.length);
    for (const { partition } of partitions) writer.int32(partition);
  }
  return writer.int32(-1).encoded().buffer;
}

/** Empty for a member that gets nothing. */
export function decodeAssignment(bytes: Buffer | null): readonly TopicPartition[] {
  if (bytes === null || bytes.length < 6) return [];
  const reader = new ByteReader(bytes);
  reader.int16();
  const topics = reader.array((item) => {
    const topic = item.string();
    return item.array((number) => ({ topic, partition: number.int32() }));
  });
  return topics.flat();
}

/** Deals partitions to the members that read their topic, by partition number: one number of several topics goes to one member. */
export function deal(
  members: ReadonlyMap<string, readonly string[]>,
  partitions: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const dealt = new Map<string, TopicPartition[]>([...members.keys()].map((member) => [member, []]));
  for (const [topic, numbers] of partitions) {
    const readers = [...members].filter(([, topics]) => topics.includes(topic)).map(([member]) => member);
    readers.sort();
    for (const partition of numbers) {
      const reader = readers[partition % readers.length];
      if (reader !== undefined) dealt.get(reader)?.push({ topic, partition });
    }
  }
  return dealt;
}
