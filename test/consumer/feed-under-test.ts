import type { FeedConnection } from "../../consumer/index.ts";
import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import type { RunningKafka } from "../../local/kafka/start-kafka.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";

/** A value as text with its symbol (null: to every partition), as a stage publishes it. */
export interface Published {
  readonly symbol: string | null;
  readonly text: string;
}

/** Publishes values with source positions that count from `fromOffset`, as the enricher does. */
export async function publish(
  kafka: Kafka,
  topic: string,
  values: readonly Published[],
  fromOffset = 0,
): Promise<void> {
  const sender = await kafka.sender();
  const records = values.flatMap(({ symbol, text }, index) => {
    const all = Array.from({ length: defaultPartitions }, (_, partition) => partition);
    const partitions = symbol === null ? all : [partitionOf(symbol, defaultPartitions)];
    return partitions.map((partition) => ({
      partition,
      key: symbol,
      value: text,
      headers: {
        "source-partition": String(partition),
        "source-offset": String(fromOffset + index),
        "source-index": "0",
        "log-id": "log",
        "received-time": "1",
      },
    }));
  });
  await sender.send(topic, records);
  await sender.close();
}

/** As the customer's own user, who may read the feed and nothing else. */
export function customerOf({ brokers, ca, users }: RunningKafka): FeedConnection {
  return { brokers, tls: { ca }, sasl: users.demo };
}

/** The first items of a stream, which is closed then. */
export async function take<Item>(stream: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of stream) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
