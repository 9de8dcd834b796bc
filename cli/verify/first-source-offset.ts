import type { Kafka } from "../../runtime/kafka/types.ts";
import { TopicReader } from "./published-reader.ts";

/**
 * From where on all compared topics are still kept: the latest of the first source offsets of those that have lost records to retention.
 * The outputs of that very record may be half gone, so that comparing begins after it.
 */
export async function firstSourceOffset(
  kafka: Kafka,
  partition: number,
  published: readonly { readonly topic: string; readonly from: number; readonly to: number }[],
  signal: AbortSignal,
): Promise<number> {
  let first = 0;
  for (const { topic, from, to } of published.filter((range) => range.from > 0)) {
    const reader = new TopicReader(kafka.readPartition({ topic, partition, fromOffset: from, toOffset: to, signal }));
    const record = await reader.peek();
    await reader.close();
    if (record !== null) first = Math.max(first, record.offset + 1);
  }
  return first;
}
