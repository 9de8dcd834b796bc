import { PipelineError } from "../../domain/errors.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type {
  IncomingBatch,
  IncomingRecord,
  Kafka,
  PartitionReadOptions,
  TopicPosition,
} from "../../runtime/kafka/types.ts";
import type { CommittedPosition } from "./unit-protocol.ts";

export interface UnitLogOptions {
  readonly kafka: Pick<Kafka, "readPartition">;
  readonly admin: KafkaAdmin;
  readonly groupId: string;
  readonly rawTopic: string;
  readonly stateTopic: string;
}

/** Some raw records, and where the next ones begin. */
interface RawChunk {
  readonly records: readonly IncomingRecord[];
  readonly nextOffset: number;
}

/** What a unit reads outside of the group: the group's offsets, snapshots, and the raw log in recovery. */
export class UnitLog {
  readonly #options: UnitLogOptions;
  #ending = new AbortController();
  #raw: { readonly chunks: AsyncIterator<RawChunk>; readonly partition: number; next: number } | null = null;

  constructor(options: UnitLogOptions) {
    this.#options = options;
  }

  /** Waits for transactions that are about to move the offsets. */
  async positions(partitions: readonly number[]): Promise<readonly CommittedPosition[]> {
    const { admin, groupId, rawTopic } = this.#options;
    const committed = byPartition(await admin.committedOffsets(groupId, rawTopic, { requireStable: true, partitions }));
    const begins = byPartition(await admin.beginOffsets(rawTopic));
    return partitions.map((partition) => ({
      partition,
      committed: committed.get(partition) ?? null,
      begin: begins.get(partition) ?? 0,
    }));
  }

  /** All committed records of a partition of the state topic; only its unit writes there. */
  async snapshot(partition: number): Promise<readonly IncomingRecord[]> {
    const { kafka, admin, stateTopic } = this.#options;
    const { signal } = this.#ending;
    const fromOffset = byPartition(await admin.beginOffsets(stateTopic)).get(partition) ?? 0;
    const toOffset = byPartition(await admin.endOffsets(stateTopic, { readCommitted: true })).get(partition) ?? 0;
    const all: IncomingRecord[][] = [];
    for await (const { records } of kafka.readPartition({
      topic: stateTopic,
      partition,
      fromOffset,
      toOffset,
      signal,
    })) {
      all.push([...records]);
    }
    return all.flat();
  }

  /** The next chunk of a range of the raw log, as by `readRaw`. Chunks that follow one another are read as one. */
  async rawChunk(partition: number, fromOffset: number, toOffset: number): Promise<RawChunk> {
    if (this.#raw?.partition !== partition || this.#raw.next !== fromOffset) {
      await this.close();
      this.#raw = { chunks: this.#chunks(partition, fromOffset, toOffset), partition, next: fromOffset };
    }
    const read = await this.#raw.chunks.next();
    if (read.done === true) {
      this.#raw = null;
      return { records: [], nextOffset: toOffset };
    }
    this.#raw.next = read.value.nextOffset;
    return read.value;
  }

  /** Ends what is being read, however long it would wait for Kafka. */
  async close(): Promise<void> {
    const raw = this.#raw;
    this.#raw = null;
    this.#ending.abort();
    this.#ending = new AbortController();
    await raw?.chunks.return?.();
  }

  /**
   * A range of the raw log, as by `Kafka.readPartition`.
   * @throws PipelineError retriable where the log was let go of since its beginning was asked for
   */
  async *readRaw(options: PartitionReadOptions): AsyncGenerator<IncomingBatch> {
    const { kafka, admin, rawTopic } = this.#options;
    const { partition, fromOffset } = options;
    try {
      yield* kafka.readPartition(options);
    } catch (error) {
      const begin = byPartition(await admin.beginOffsets(rawTopic)).get(partition) ?? 0;
      if (begin <= fromOffset) throw error;
      const message = `${rawTopic} partition ${partition} is no longer kept from offset ${fromOffset} on, but from ${begin}.`;
      const remedy = "The unit begins anew with what is kept.";
      throw new PipelineError("kafkaTopic", message, { remedy, retriable: true, cause: error });
    }
  }

  async *#chunks(partition: number, fromOffset: number, toOffset: number): AsyncGenerator<RawChunk> {
    const { rawTopic } = this.#options;
    const { signal } = this.#ending;
    for await (const { records } of this.readRaw({ topic: rawTopic, partition, fromOffset, toOffset, signal })) {
      const last = records.at(-1);
      if (last !== undefined) yield { records, nextOffset: last.offset + 1 };
    }
  }
}

function byPartition(positions: readonly TopicPosition[]): ReadonlyMap<number, number> {
  return new Map(positions.map(({ partition, offset }) => [partition, offset]));
}
