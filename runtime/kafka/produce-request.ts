import type Cluster from "kafkajs/src/cluster/index.js";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { sendParts } from "./send-parts.ts";

const produceKey = 0;
/** Kafka 2.1 and later. */
const produceVersion = 7;
const allReplicas = -1;
const brokerTimeoutMs = 30_000;

/** One record batch for one partition. A request holds at most one for each partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
}

/** What the broker answered for one partition's batch. */
export interface PartitionAnswer {
  readonly topic: string;
  readonly partition: number;
  /** Kafka's error code, 0 where the batch is written. */
  readonly errorCode: number;
  /** The offset that the batch's first record got. */
  readonly baseOffset: number;
}

/** Sends record batches to the broker that leads their partitions; resolves when every in-sync replica has them, or each partition's error. */
export async function produce(
  broker: Cluster.Broker,
  batches: readonly PartitionBatch[],
  transactionalId: string | null,
): Promise<readonly PartitionAnswer[]> {
  const parts = encode(batches, transactionalId);
  const request = { apiKey: produceKey, apiVersion: produceVersion, apiName: "Produce", parts };
  return (await sendParts(broker, request, decode)).answers;
}

function encode(batches: readonly PartitionBatch[], transactionalId: string | null): readonly Buffer[] {
  const byTopic = Map.groupBy(batches, ({ topic }) => topic);
  const writer = new ByteWriter().string(transactionalId).int16(allReplicas).int32(brokerTimeoutMs).int32(byTopic.size);
  for (const [topic, ofTopic] of byTopic) {
    writer.string(topic).int32(ofTopic.length);
    for (const { partition, batch } of ofTopic) writer.int32(partition).int32(batch.length).bytes(batch);
  }
  return writer.parts();
}

/** `clientSideThrottleTime` is what kafkajs looks for to keep to the broker's quotas. */
function decode(bytes: Buffer): { answers: readonly PartitionAnswer[]; clientSideThrottleTime: number } {
  const whole = new ByteReader(bytes);
  const topics = whole.array((reader) => {
    const topic = reader.string();
    return reader.array((item): PartitionAnswer => {
      const partition = item.int32();
      const errorCode = item.int16();
      const baseOffset = item.int64();
      item.skip(16); // Log append time and log start offset.
      return { topic, partition, errorCode, baseOffset };
    });
  });
  return { answers: topics.flat(), clientSideThrottleTime: whole.int32() };
}
