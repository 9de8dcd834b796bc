import type Cluster from "kafkajs/src/cluster/index.js";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { giveBack, Shared } from "./give-back.ts";
import { type AbortedTransaction, type DecodedBatches, readBatches } from "./record-batch-reader.ts";
import { kafkaFault } from "./transaction-faults.ts";

const fetchKey = 1;
/** Kafka 2.3 and later. */
const fetchVersion = 11;
/** Of all partitions of a request together; a batch is never cut, so that large ones would otherwise fill the memory of a reader of many partitions. */
const bytesMax = 16 * 1024 * 1024;
const partitionsAtOnce = 8;
/** No fetch session: each request names what it wants. */
const noSession = { id: 0, epoch: -1 };
const unknownServerError = -1;

export interface FetchPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface FetchOptions {
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
  readonly isolationLevel: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Kafka's error code, 0 where all is well. */
  readonly errorCode: number;
  /** The offset that was asked for. */
  readonly fromOffset: number;
  /** The first offset still kept. */
  readonly beginOffset: number;
  /** The offset after the last one that may be seen now. */
  readonly endOffset: number;
  /** As they came over the network. */
  readonly bytes: number;
  readonly decoded: DecodedBatches;
  /** Nothing of the records is to be looked at any more: their memory is given back once that of all partitions of the answer is. */
  readonly release: () => void;
}

/** Fetches from the broker that leads the partitions; waits up to `maxWaitMs` for the first byte. */
export async function fetchRecords(
  broker: Cluster.Broker,
  wanted: readonly FetchPartition[],
  options: FetchOptions,
): Promise<readonly FetchedPartition[]> {
  const response = await broker.connectionPool.send({
    request: {
      apiKey: fetchKey,
      apiVersion: fetchVersion,
      apiName: "Fetch",
      encode: async () => encode(wanted, options),
    },
    response: { decode: async (bytes) => decode(bytes, wanted, options), parse: async (decoded) => decoded },
  });
  return response.fetched;
}

/** What a partition was refused with. A fetch changes nothing: where the broker cannot say what went wrong, it may be asked again. */
export function fetchFault(errorCode: number, topic: string): Error {
  const error = kafkaFault(errorCode, topic);
  return errorCode === unknownServerError ? Object.assign(error, { retriable: true }) : error;
}

function encode(wanted: readonly FetchPartition[], options: FetchOptions): Cluster.Encoded {
  const byTopic = Map.groupBy(wanted, ({ topic }) => topic);
  const writer = new ByteWriter()
    .int32(-1)
    .int32(options.maxWaitMs)
    .int32(1)
    .int32(Math.min(bytesMax, options.maxBytesPerPartition * partitionsAtOnce));
  writer.int8(options.isolationLevel).int32(noSession.id).int32(noSession.epoch).int32(byTopic.size);
  for (const [topic, partitions] of byTopic) {
    writer.string(topic).int32(partitions.length);
    for (const { partition, offset } of partitions) {
      writer.int32(partition).int32(-1).int64(offset).int64(-1).int32(options.maxBytesPerPartition);
    }
  }
  return writer.int32(0).string("").encoded();
}

function decode(bytes: Buffer, wanted: readonly FetchPartition[], { isolationLevel }: FetchOptions) {
  const reader = new ByteReader(bytes);
  const memory = new Shared(() => giveBack(isAlone(bytes) ? bytes : nothing));
  const decoding = memory.use();
  const clientSideThrottleTime = reader.int32();
  reader.skip(6); // Error and id of the fetch session.
  const topics = reader.array(() => {
    const topic = reader.string();
    return reader.array(() => decodePartition(reader, { topic, wanted, isolationLevel, memory }));
  });
  decoding();
  return { fetched: topics.flat(), clientSideThrottleTime };
}

const nothing = Buffer.alloc(0);
/** An answer's length and its correlation id. */
const headBytes = 8;

/** A large answer has memory of its own; small ones may have come together. */
function isAlone({ buffer, byteOffset, length }: Buffer): boolean {
  return byteOffset <= headBytes && byteOffset + length === buffer.byteLength;
}

interface PartitionContext {
  readonly topic: string;
  readonly wanted: readonly FetchPartition[];
  readonly isolationLevel: number;
  readonly memory: Shared;
}

function decodePartition(
  reader: ByteReader,
  { topic, wanted, isolationLevel, memory }: PartitionContext,
): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const beginOffset = reader.int64();
  const aborted = reader.array(
    (item): AbortedTransaction => ({ producerId: item.bigInt64(), firstOffset: item.int64() }),
  );
  reader.skip(4); // Preferred read replica.
  const batches = reader.slice(Math.max(reader.int32(), 0));
  const fromOffset = wanted.find((item) => item.topic === topic && item.partition === partition)?.offset ?? 0;
  const endOffset = isolationLevel === 1 ? lastStableOffset : highWatermark;
  const decoded = readBatches(batches, fromOffset, isolationLevel === 1 ? aborted : []);
  const letGo = memory.use();
  const release = () => {
    decoded.release();
    letGo();
  };
  // Nobody is handed what is empty.
  if (batches.length === 0) release();
  return { topic, partition, errorCode, fromOffset, beginOffset, endOffset, bytes: batches.length, decoded, release };
}
