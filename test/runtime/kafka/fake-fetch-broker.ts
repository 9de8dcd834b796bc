import type Cluster from "kafkajs/src/cluster/index.js";
import { ByteWriter } from "../../../runtime/kafka/byte-writer.ts";
import type { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { RecordBatchWriter, sealBatch } from "../../../runtime/kafka/record-batch-writer.ts";
import { recordOf } from "./kafka-under-test.ts";

export const topic = "t";

interface AnswerPart {
  readonly partition: number;
  readonly offset: number;
  readonly errorCode?: number;
  /** The first offset still kept. Default: 0. */
  readonly begin?: number;
}

/** An answer about some partitions: each with a batch of one record at its offset, or refused. */
export function answer(parts: readonly AnswerPart[]): Buffer {
  const writer = new ByteWriter().int32(0).int16(0).int32(0).int32(1).string(topic).int32(parts.length);
  for (const { partition, offset, errorCode = 0, begin = 0 } of parts) {
    const { batch } = new RecordBatchWriter().write([recordOf(`record ${offset}`)], 0, 0);
    sealBatch(batch, { producerId: -1n, producerEpoch: -1, baseSequence: -1, transactional: false });
    batch.writeBigInt64BE(BigInt(offset), 0);
    const bytes = errorCode === 0 ? batch : Buffer.alloc(0);
    const end = offset + 9;
    writer.int32(partition).int16(errorCode).int64(end).int64(end).int64(begin).int32(0).int32(-1);
    writer.int32(bytes.length).bytes(bytes);
  }
  return writer.encoded().buffer;
}

/** What a request of one topic asks for. */
function partitionsOf(request: Buffer): number[] {
  const partitionsAt = 29 + 2 + topic.length;
  const bytesEach = 28;
  const count = request.readInt32BE(partitionsAt);
  return Array.from({ length: count }, (_, index) => request.readInt32BE(partitionsAt + 4 + index * bytesEach));
}

/** A cluster whose leaders the test moves, and whose brokers answer when the test says so; its logs begin at `log.begin`. */
export function fakeCluster(leaders: number[], log = { begin: 0 }) {
  const asked = new Map<number, (bytes: Buffer) => void>();
  /** The partitions that were last asked for, in order. */
  const wanted: number[] = [];
  const brokerOf = (nodeId: number) => ({
    listOffsets: async ({ topics }: { topics: { partitions: { partition: number }[] }[] }) => ({
      responses: topics.map(({ partitions }) => ({
        partitions: partitions.map(({ partition }) => ({ partition, offset: String(log.begin) })),
      })),
    }),
    connectionPool: {
      send: async ({ request, response }: Cluster.Protocol<unknown>) => {
        wanted.splice(0, wanted.length, ...partitionsOf((await request.encode()).buffer));
        const bytes = await new Promise<Buffer>((resolve) => asked.set(nodeId, resolve));
        return response.decode(bytes);
      },
    },
  });
  const cluster = {
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    findTopicPartitionMetadata: () => leaders.map((leader, partitionId) => ({ partitionId, leader })),
    findBroker: async ({ nodeId }: { nodeId: number }) => brokerOf(nodeId),
  };
  const link = {
    connection: { brokers: ["fake:1"] },
    cluster: async () => cluster,
    faultOf: async (error: unknown) => error,
    drop() {},
    reportTrouble() {},
    reportWell() {},
  };
  return { asked, wanted, link: link as unknown as ClusterLink };
}
