import type { TopicPartition, TopicPosition } from "../runtime/kafka/types.ts";

/** How far the source partitions are dealt with that a product is made from. */
export class SourceProgress {
  /** By partition: the first record that was handed over and is not dealt with. */
  readonly #undone = new Map<string, number>();
  readonly #lags = new Map<string, number>();

  /** Another generation has other partitions. */
  clear(): void {
    this.#undone.clear();
    this.#lags.clear();
  }

  /** All before `offset` is dealt with; what is handed over from there on is not. */
  reach(partition: TopicPartition, offset: number, endOffset: number): void {
    this.#undone.set(keyOf(partition), offset);
    this.#lags.set(keyOf(partition), Math.max(0, endOffset - offset));
  }

  /** All that was handed over is dealt with, up to `offset`. */
  finish(partition: TopicPartition, offset: number, endOffset: number): void {
    this.#undone.delete(keyOf(partition));
    this.#lags.set(keyOf(partition), Math.max(0, endOffset - offset));
  }

  /** The reader's positions, which count markers and what was handed over, no further than what is dealt with. */
  bounded(positions: readonly TopicPosition[]): readonly TopicPosition[] {
    return positions.map((at) => ({ ...at, offset: Math.min(at.offset, this.#undone.get(keyOf(at)) ?? at.offset) }));
  }

  /** Records that are published and not dealt with, over all partitions. */
  get lag(): number {
    let lag = 0;
    for (const value of this.#lags.values()) lag += value;
    return lag;
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
