import type Cluster from "kafkajs/src/cluster/index.js";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { kafkaFault } from "./transaction-faults.ts";
import type { GroupMembership, TopicPartition, TopicPosition } from "./types.ts";

const initialiseKey = 22;
const addPartitionsKey = 24;
const addOffsetsKey = 25;
const endTransactionKey = 26;
const commitOffsetsKey = 28;
/** Kafka 2.7 and later: the version that tells a fenced producer from one that is behind. */
const version = 2;
/** The first version that names the member and its generation, so that the broker can refuse those of the past (KIP-447). */
const commitOffsetsVersion = 3;
/** Kafka 2.7 and later: the first version that says who asks and tells a fenced producer so (KIP-360, KIP-588). */
const initialiseVersion = 4;
const noLeaderEpoch = -1;
const nobody = { producerId: -1n, producerEpoch: -1 };

/** Who writes in a transaction: the holder of a transactional id. */
export interface TransactionHolder {
  readonly transactionalId: string;
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

export interface InitialiseOptions {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  /** Who renews his own epoch; null for whoever takes the id over. */
  readonly current: TransactionHolder | null;
}

/**
 * Raises the epoch of a transactional id and ends what is open under it. Where `current` is given, only its holder may: the request may then be
 * repeated, and is refused where another has taken the id since. But for one case: where a transaction is open Kafka does not look at the epoch, and aborts it, whoever it is of.
 */
export async function initialise(coordinator: Cluster.Broker, options: InitialiseOptions): Promise<TransactionHolder> {
  const { transactionalId, timeoutMs, current } = options;
  const { producerId, producerEpoch } = current ?? nobody;
  const writer = new ByteWriter().noTags().compactString(transactionalId).int32(timeoutMs);
  writer.int64(producerId).int16(producerEpoch).noTags();
  const request = { apiKey: initialiseKey, apiName: "InitProducerId", version: initialiseVersion, writer };
  const [holder] = await send(coordinator, request, (reader) => {
    const errorCode = reader.int16();
    return [{ errorCode, transactionalId, producerId: reader.bigInt64(), producerEpoch: reader.int16() }];
  });
  if (holder === undefined) throw new RangeError("InitProducerId was answered with nothing");
  return holder;
}

/** Tells the transaction's coordinator that these partitions will be written to. @throws Kafka's first error that says why */
export async function addPartitions(
  coordinator: Cluster.Broker,
  holder: TransactionHolder,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
  const writer = holderFields(holder).int32(byTopic.size);
  for (const [topic, ofTopic] of byTopic) {
    writer.string(topic).int32(ofTopic.length);
    for (const { partition } of ofTopic) writer.int32(partition);
  }
  await send(coordinator, { apiKey: addPartitionsKey, apiName: "AddPartitionsToTxn", version, writer }, (reader) => {
    const topics = reader.array(() => {
      const topic = reader.string();
      return reader.array(() => {
        reader.skip(4); // Partition.
        return { topic, errorCode: reader.int16() };
      });
    });
    return topics.flat();
  });
}

/** Tells the transaction's coordinator that the group's positions will be committed. */
export async function addOffsets(
  coordinator: Cluster.Broker,
  holder: TransactionHolder,
  groupId: string,
): Promise<void> {
  const writer = holderFields(holder).string(groupId);
  await send(coordinator, { apiKey: addOffsetsKey, apiName: "AddOffsetsToTxn", version, writer }, (reader) => [
    { errorCode: reader.int16() },
  ]);
}

/** Gives positions to the group's coordinator; they count when the transaction commits. */
export async function commitOffsets(
  coordinator: Cluster.Broker,
  holder: TransactionHolder,
  group: GroupMembership,
  positions: readonly TopicPosition[],
): Promise<void> {
  const { transactionalId, producerId, producerEpoch } = holder;
  const byTopic = Map.groupBy(positions, ({ topic }) => topic);
  const writer = new ByteWriter().noTags().compactString(transactionalId).compactString(group.groupId);
  writer.int64(producerId).int16(producerEpoch).int32(group.generationId).compactString(group.memberId);
  writer.compactString(null).unsignedVarint(byTopic.size + 1);
  for (const [topic, ofTopic] of byTopic) {
    writer.compactString(topic).unsignedVarint(ofTopic.length + 1);
    for (const { partition, offset } of ofTopic) {
      writer.int32(partition).int64(offset).int32(noLeaderEpoch).compactString("").noTags();
    }
    writer.noTags();
  }
  const request = { apiKey: commitOffsetsKey, apiName: "TxnOffsetCommit", version: commitOffsetsVersion, writer };
  writer.noTags();
  await send(coordinator, request, (reader) => {
    const topics = reader.compactArray(() => {
      const topic = reader.compactString();
      const partitions = reader.compactArray(() => {
        reader.skip(4); // Partition.
        const errorCode = reader.int16();
        reader.skipTags();
        return { topic, errorCode };
      });
      reader.skipTags();
      return partitions;
    });
    return topics.flat();
  });
}

/** Ends the transaction. After an answer without error the outcome is certain; the markers that show it to readers follow. */
export async function endTransaction(
  coordinator: Cluster.Broker,
  holder: TransactionHolder,
  commits: boolean,
): Promise<void> {
  const writer = holderFields(holder).int8(commits ? 1 : 0);
  await send(coordinator, { apiKey: endTransactionKey, apiName: "EndTxn", version, writer }, (reader) => [
    { errorCode: reader.int16() },
  ]);
}

function holderFields({ transactionalId, producerId, producerEpoch }: TransactionHolder): ByteWriter {
  return new ByteWriter().string(transactionalId).int64(producerId).int16(producerEpoch);
}

interface Request {
  readonly apiKey: number;
  readonly apiName: string;
  readonly version: number;
  readonly writer: ByteWriter;
}

interface Result {
  readonly errorCode: number;
  readonly topic?: string;
}

/** What is said of a partition that is well itself where another of the request is not. */
const operationNotAttempted = 55;

/** Sends a request and reads its answer, whose first field is how long the client was throttled. @throws Kafka's first error that says why */
export async function send<Item extends Result>(
  broker: Cluster.Broker,
  request: Request,
  read: (reader: ByteReader) => Item[],
): Promise<readonly Item[]> {
  const { apiKey, apiName, version: apiVersion, writer } = request;
  const { results } = await broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName, encode: async () => writer.encoded() },
    response: {
      decode: async (bytes) => {
        const reader = new ByteReader(bytes);
        if (apiVersion !== version) reader.skipTags();
        return { clientSideThrottleTime: reader.int32(), results: read(reader) };
      },
      parse: async (decoded) => decoded,
    },
  });
  const bad = results.filter(({ errorCode }) => errorCode !== 0);
  const first = bad.find(({ errorCode }) => errorCode !== operationNotAttempted) ?? bad[0];
  if (first !== undefined) throw kafkaFault(first.errorCode, first.topic);
  return results;
}
