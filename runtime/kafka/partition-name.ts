import type { TopicPartition } from "./types.ts";

/** A partition as text, by which maps know it. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
