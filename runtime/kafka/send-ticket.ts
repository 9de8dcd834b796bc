import type { TopicPosition } from "./types.ts";

/** One call of `send`: settled when its last record is acknowledged, or when one is given up. */
export class SendTicket {
  readonly promise: Promise<readonly TopicPosition[]>;
  readonly #topic: string;
  readonly #ends = new Map<number, number>();
  #remaining: number;
  #resolve: (positions: readonly TopicPosition[]) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(topic: string, count: number) {
    this.#topic = topic;
    this.#remaining = count;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (count === 0) this.#resolve([]);
  }

  /** Counts records of one partition as written; `end` is the offset after the last of them. */
  acknowledge(partition: number, count: number, end: number): void {
    // A repeat can be answered after what was sent behind it.
    this.#ends.set(partition, Math.max(end, this.#ends.get(partition) ?? 0));
    this.#remaining -= count;
    if (this.#remaining > 0) return;
    const topic = this.#topic;
    this.#resolve([...this.#ends].map(([ofPartition, offset]) => ({ topic, partition: ofPartition, offset })));
  }

  fail(error: Error): void {
    this.#reject(error);
  }
}
