import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { TopicPosition } from "./types.ts";

const offsetFetchKey = 9;
/** The first version that can ask for stable offsets only (KIP-447); Kafka 2.5 and later. kafkajs stops at 4. */
const offsetFetchVersion = 7;

export interface OffsetFetchOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly partitions: readonly number[];
  /** Refuses (`UNSTABLE_OFFSET_COMMIT`) while a transaction is about to move one of the offsets. */
  readonly requireStable: boolean;
}

/** A group's committed offsets; partitions without one are left out. @throws Kafka's first error */
export async function fetchCommitted(
  coordinator: Cluster.Broker,
  options: OffsetFetchOptions,
): Promise<readonly TopicPosition[]> {
  if (options.partitions.length === 0) return [];
  const { positions } = await coordinator.connectionPool.send({
    request: {
      apiKey: offsetFetchKey,
      apiVersion: offsetFetchVersion,
      apiName: "OffsetFetch",
      encode: async () => encode(options),
    },
    response: { decode: async (bytes) => decode(bytes), parse: async (decoded) => decoded },
  });
  return positions.filter(({ offset }) => offset >= 0).sort((a, b) => a.partition - b.partition);
}

function encode({ groupId, topic, partitions, requireStable }: OffsetFetchOptions): Cluster.Encoded {
  const writer = new ByteWriter().noTags().compactString(groupId).unsignedVarint(2).compactString(topic);
  writer.unsignedVarint(partitions.length + 1);
  for (const partition of partitions) writer.int32(partition);
  return writer
    .noTags()
    .int8(requireStable ? 1 : 0)
    .noTags()
    .encoded();
}

function decode(bytes: Buffer) {
  const reader = new ByteReader(bytes);
  reader.skipTags();
  const clientSideThrottleTime = reader.int32();
  const topics = reader.compactArray(() => {
    const topic = reader.compactString();
    const partitions = reader.compactArray(() => decodePartition(reader, topic));
    reader.skipTags();
    return partitions;
  });
  failOn(reader.int16());
  return { positions: topics.flat(), clientSideThrottleTime };
}

function decodePartition(reader: ByteReader, topic: string): TopicPosition {
  const partition = reader.int32();
  const offset = reader.int64();
  reader.skip(4); // Leader epoch.
  reader.compactString(); // Metadata, not used.
  failOn(reader.int16());
  reader.skipTags();
  return { topic, partition, offset };
}

function failOn(errorCode: number): void {
  if (errorCode !== 0) throw protocolErrors.createErrorFromCode(errorCode);
}
