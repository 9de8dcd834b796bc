import type { KafkaAdmin } from "./admin-types.ts";
import type { Compression } from "./compression.ts";

/** How to reach a cluster. `null` credentials mean none; `tls: null` means plain text, for a loopback broker only. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Shows in the broker's logs and quotas. */
  readonly clientId: string;
  readonly tls: { readonly ca: string | undefined } | null;
  readonly sasl: SaslCredentials | null;
  /** Signs in with a token that this makes, a new one each time, instead of SCRAM: MSK's access control by IAM. */
  readonly tokens?: () => Promise<string>;
  /** Of what is written, where a batch is worth it. Default: none. What is read may be in any of them. */
  readonly compression?: Compression;
  /**
   * Reads the credentials again after some were refused: a secret that is rotated. A connection that had been signed in before then goes on with
   * what comes back. Without it a refusal is final.
   */
  readonly renewSasl?: (refused: SaslCredentials) => Promise<SaslCredentials>;
  /** Told once when the cluster is out of reach (with why), and with null when it answers again: what the log says too, for programs. */
  readonly onTrouble?: (trouble: Error | null) => void;
}

/** A SCRAM-SHA-512 user and its password. */
export interface SaslCredentials {
  readonly username: string;
  readonly password: string;
}

/** Header names to values; values are text in UTF-8, or bytes carried through unchanged. */
export type RecordHeaders = Readonly<Record<string, string | Uint8Array>>;

/** Headers as a record holds them, made by `encodeHeaders`. */
export type EncodedHeaders = Uint8Array & { readonly __format: "record headers" };

/** A record to publish. The partition is always chosen by the caller: a symbol has one partition number everywhere. */
export interface OutgoingRecord extends RecordToEncode {
  readonly headers: RecordHeaders;
}

/** A record for whoever encodes it at once. */
export interface RecordToEncode {
  readonly partition: number;
  readonly key: string | Uint8Array | null;
  readonly value: string | Uint8Array | null;
  readonly headers: RecordHeaders | EncodedHeaders;
}

/**
 * Records of one partition, encoded as they go over the wire: for a stage that makes many, and has no use for them once they are made.
 * Whoever sends them owns the bytes.
 */
export interface EncodedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
  /** How many records. */
  readonly count: number;
}

/** A record as the log holds it. */
export interface IncomingRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer>>;
  /** Kafka's own timestamp, milliseconds since the epoch. */
  readonly timestampMs: number;
}

/** Records in log order, each made when it is asked for; whoever asks again gets them anew. There may be none. */
export interface RecordsOneByOne extends Iterable<IncomingRecord> {
  /** Where the reader asked for them. */
  readonly fromOffset: number;
  /** Where it goes on: behind the last of them, and behind what is not shown. */
  readonly nextOffset: number;
}

/** Consecutive records of one partition, in log order. */
export interface IncomingBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly IncomingRecord[];
  /** With `oneByOne`, the records are here instead. */
  readonly each?: RecordsOneByOne;
  /** The first offset still kept. */
  readonly beginOffset: number;
  /** The offset after the last one that a reader may see now; what lag is measured against. */
  readonly endOffset: number;
  /**
   * Gives the records' memory back at once, which the garbage collector would do late: for a reader of many, when nothing of these is to be looked at
   * any more. Keys, values and headers are views of it. Whoever does not call it has them for as long as it likes.
   */
  readonly release?: () => void;
}

/** A place in a topic: the offset of the next record to read. */
export interface TopicPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Publishes records with idempotence and acknowledgement of all in-sync replicas. */
export interface RecordSender {
  /**
   * Resolves when every record is acknowledged, to each partition's next offset. Order is kept by partition within and across calls; a call is split
   * into batches by bytes, so any number of records may be given. A retriable fault is retried inside.
   * @throws PipelineError `kafkaAuthorization`, `kafkaTopic`, `kafkaUnreachable`, `diskFull` or `kafkaFailed`
   */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly TopicPosition[]>;
  /** Waits for what is under way, then disconnects. */
  close(): Promise<void>;
}

/**
 * Publishes the outputs of one unit of assignment in transactions (D1), one at a time: what is sent becomes visible to `read_committed` readers
 * together with the committed input positions, or not at all.
 */
export interface TransactionalSender {
  /**
   * Adds records to the open transaction, beginning one where none is open. Resolves when they are acknowledged; order is kept by partition.
   * Not while `commit` or `abort` is under way. A lost connection is mended inside; what cannot be mended fails the transaction, and then
   * `commit` rejects too.
   * @throws PipelineError as `commit`
   */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  /** The same for records that are encoded already (`EncodedRecords`). */
  sendBatches(batches: readonly EncodedBatch[]): Promise<void>;
  /**
   * Waits for what is still being sent, then commits it together with the group's positions; an empty transaction commits the positions alone,
   * and one without positions too does nothing. Resolves when the outcome is known to be a commit.
   * @throws PipelineError `kafkaFenced` (another holder of the id, a transaction that outlived its timeout, or a group that has moved on: drop the
   * unit, never initialise again), `kafkaAuthorization`, or a retriable one: discard this sender, make another for the same id, and resume from
   * the committed offset. Its message says whether nothing was committed or that the outcome is not known.
   */
  commit(group: GroupMembership, positions: readonly TopicPosition[]): Promise<void>;
  /**
   * Gives the open transaction up, and the sender with it: who takes the id over next sees it to its end, which cannot be seen from here. Does nothing where
   * none is open. After a failure it tells the broker if it can, so that readers need not wait for the timeout.
   * @throws PipelineError as `commit`, where an open transaction of a sender that had not failed could not be aborted
   */
  abort(): Promise<void>;
  /** Disconnects. An open transaction is left to its timeout or to the next holder of the id: `abort` first. */
  close(): Promise<void>;
}

export interface TransactionalSenderOptions {
  /** After how long the broker gives up an open transaction by itself, milliseconds. Default: 60,000. */
  readonly transactionTimeoutMs?: number;
  /**
   * What every transaction of this id touches. With it, to take the id over ends the last transaction again on all of that, in the way in which it was decided:
   * a coordinator may have noted it as complete while partitions had no leader, without a marker on them. Without it they may hang, and come up in a later one.
   */
  readonly scope?: TransactionScope;
  /** Ends a takeover that is under way. */
  readonly signal?: AbortSignal;
}

/** All that the transactions of an id may touch. */
export interface TransactionScope {
  readonly groupId: string;
  /** The partitions whose positions are committed. */
  readonly sources: readonly TopicPartition[];
  /** The partitions that are written to. */
  readonly targets: readonly TopicPartition[];
}

/** Who commits positions: the broker refuses those of a member whose generation has passed, where it can be told. */
export interface GroupMembership {
  readonly groupId: string;
  readonly memberId: string;
  readonly generationId: number;
}

/** Reads one partition between two offsets with no group: recovery and audit. */
export interface PartitionReadOptions {
  readonly topic: string;
  readonly partition: number;
  readonly fromOffset: number;
  /** Exclusive; markers and gaps of compaction are passed. Where the log is shorter, the read waits for it to grow. */
  readonly toOffset: number;
  /** Default: true. */
  readonly readCommitted?: boolean;
  /** Ends the read with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface GroupReaderOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where a partition with no committed offset starts. */
  readonly startAt: "beginning" | "latest";
  /** Default: true. */
  readonly readCommitted?: boolean;
  /** Bounds of one fetch, in bytes. Default: 4 MiB a partition. */
  readonly maxBytesPerPartition?: number;
  /**
   * Nothing more is fetched ahead while so many bytes wait to be handed over. Only with a concurrency of 1: of several, one that waits with its
   * batch would hold up the others. Default: one fetch for each partition.
   */
  readonly bytesAheadMax?: number;
  /** True hands batches over in which each record is made when it is asked for (`each`); there may be none. Default: false. */
  readonly oneByOne?: boolean;
  /** How long the broker may wait to fill a fetch, milliseconds. Default: 50. */
  readonly maxWaitMs?: number;
  /** How long to wait after a small answer that leaves nothing to be had before the next fetch, so that what comes meanwhile comes together, milliseconds. Default: none. */
  readonly gatherMs?: () => number;
  /** What is a small answer, in bytes. Default: 32 KiB. */
  readonly smallBytes?: number;
  /** How long the group waits for a member that is silent, milliseconds. Default: 10,000. */
  readonly sessionTimeoutMs?: number;
  /** How many partitions may be handled at once. Default: 1. */
  readonly concurrency?: number;
  /**
   * Told each new assignment before any of its records is handed over; batches wait until it has resolved. What it returns is
   * where to start, for the partitions named. The others start where this reader itself left off if no one else can have had the
   * partition since, or nothing was ever committed; else at the committed offset; else by `startAt`.
   * `ending` is aborted as soon as this generation is to end: whatever waits in a handler for something else than Kafka must stop waiting then,
   * for the group waits for the handler.
   */
  readonly onAssigned?: (
    assigned: readonly AssignedPartition[],
    membership: GroupMembership,
    ending: AbortSignal,
  ) => Promise<readonly TopicPosition[]>;
  /**
   * Told the end of each generation whose `onAssigned` was called, once its last batch is handled: before joining again, leaving, or failing. The
   * group waits for it (a minute at most), so that what is open can still be committed under the old membership or aborted.
   */
  readonly onRevoked?: (partitions: readonly TopicPartition[]) => Promise<void>;
  /**
   * The unit of a partition number: partitions of one unit (of all topics) always go to one member, and stay with it where they can. All members
   * of a group must agree: one with other units is refused (`kafkaFailed`). Without it, partitions are dealt one by one.
   */
  readonly unitOf?: (partition: number) => number;
  /** Told when the next record to read is no longer kept, so that those from `offset` to `firstOffset` are missed. */
  readonly onSkipped?: (missed: TopicPosition, firstOffset: number) => void;
  /** Handles a batch. Rejecting stops the reader with that error. Batches of one partition never overlap; of several they may. */
  readonly onBatch: (batch: IncomingBatch) => Promise<void>;
  /** Called once when the reader can go no further; it has stopped by then. */
  readonly onFailed: (error: Error) => void;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface AssignedPartition extends TopicPartition {
  /**
   * The group's committed offset; null where there is none. A transaction of the partition's holder before may still move it: who commits in
   * transactions initialises first, and then asks for `committedOffsets` that are stable (D1).
   */
  readonly committedOffset: number | null;
  /** The first offset still kept. */
  readonly beginOffset: number;
  /** Where this reader itself had got to, if it had the partition before (the group has rebalanced meanwhile). */
  readonly heldPosition?: number;
}

/** A member of a consumer group. Commits are the caller's: nothing is committed by itself. */
export interface GroupReader {
  /**
   * Commits positions of partitions that this member still has, and resolves to those that Kafka has now. Where the group has rebalanced or Kafka stays
   * out of reach, that is none, with a warning in the log: unless they are committed later, the records are read again, by whoever has the partition.
   * @throws PipelineError `kafkaAuthorization`
   */
  commit(positions: readonly TopicPosition[]): Promise<readonly TopicPosition[]>;
  /** The next offset to read by partition, counting transaction markers that no batch shows (so that "to the end" means position >= end). */
  positions(): readonly TopicPosition[];
  /** The generation that this member is in; null while it joins. */
  membership(): GroupMembership | null;
  /** Ends this generation as if the group had rebalanced, and joins again: for an instance that was fenced (D1). */
  rejoin(): void;
  close(): Promise<void>;
}

/** The one door to Kafka: everything else in the project speaks to this, never to a client library. */
export interface Kafka {
  sender(): Promise<RecordSender>;
  /**
   * Takes the transactional id over: earlier holders are fenced and what they left open is aborted before this resolves.
   * @throws PipelineError `kafkaAuthorization`, `kafkaUnreachable` (retriable), `kafkaFailed`
   */
  transactionalSender(transactionalId: string, options?: TransactionalSenderOptions): Promise<TransactionalSender>;
  reader(options: GroupReaderOptions): Promise<GroupReader>;
  /**
   * Reads a range of a partition without a group: batch by batch, one fetch ahead, ending exactly at `toOffset`.
   * @throws PipelineError `kafkaTopic` where the first records of the range are no longer kept
   */
  readPartition(options: PartitionReadOptions): AsyncIterable<IncomingBatch>;
  admin(): Promise<KafkaAdmin>;
}
