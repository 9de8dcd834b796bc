import type { AssignedPartition, TopicPosition } from "../runtime/kafka/types.ts";

/** The account of what a stream's reader is done with: what is to be committed, and where it could go on. */
export class DonePositions {
  readonly #mode: "auto" | "manual";
  /** By partition: the next offset after what is done. */
  readonly #done = new Map<string, TopicPosition>();
  readonly #uncommitted = new Map<string, TopicPosition>();
  /** By partition, what was handed over first: where to go on if none of it is done. */
  readonly #first = new Map<string, TopicPosition>();

  constructor(mode: "auto" | "manual") {
    this.#mode = mode;
  }

  /** What others have committed beyond since is not ours to commit any more. */
  assigned(partitions: readonly AssignedPartition[]): void {
    for (const partition of partitions) {
      const key = keyOf(partition);
      const own = this.#uncommitted.get(key);
      if (own !== undefined && (partition.committedOffset ?? -1) > own.offset) this.#uncommitted.delete(key);
    }
  }

  /** A batch begins with this record. */
  handedOver(first: TopicPosition): void {
    const key = keyOf(first);
    if (!this.#first.has(key)) this.#first.set(key, first);
  }

  /** A whole batch was handed over and the next asked for; in manual mode that says nothing. */
  batchDone(position: TopicPosition): void {
    if (this.#mode === "auto") this.recordDone(position);
  }

  recordDone(position: TopicPosition): void {
    const key = keyOf(position);
    if ((this.#done.get(key)?.offset ?? -1) >= position.offset) return;
    this.#done.set(key, position);
    this.#uncommitted.set(key, position);
  }

  /** What is done and not known to be committed. */
  uncommitted(): readonly TopicPosition[] {
    return [...this.#uncommitted.values()];
  }

  /** Kafka has these. What a commit has failed for, or was done meanwhile, is offered again. */
  committed(positions: readonly TopicPosition[]): void {
    for (const position of positions) {
      const key = keyOf(position);
      if ((this.#uncommitted.get(key)?.offset ?? 0) <= position.offset) this.#uncommitted.delete(key);
    }
  }

  /** Where to go on, of the partitions that the reader has now. `read`: where the reader itself is, past marks that no record shows. */
  positions(read: readonly TopicPosition[]): readonly TopicPosition[] {
    return read.map((position) => {
      const key = keyOf(position);
      const done = this.#done.get(key);
      if (this.#mode === "manual") return done ?? this.#first.get(key) ?? position;
      return done !== undefined && done.offset > position.offset ? done : position;
    });
  }
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}
