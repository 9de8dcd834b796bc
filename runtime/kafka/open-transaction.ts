import type { TopicPartition } from "./types.ts";

/** What has been told of a transaction that is open, and what is on its way. */
export class OpenTransaction {
  /** When its timeout has passed, by `performance.now()`. */
  readonly lastMs: number;
  /** Those that the coordinator knows of, by topic/partition. */
  readonly #partitions = new Map<string, TopicPartition>();
  /** The group whose positions the coordinator knows will come. */
  #offsets: { readonly groupId: string; readonly added: Promise<void> } | null = null;
  /** Of records and of positions, not acknowledged: on their way, or failed. */
  readonly #sends = new Set<Promise<void>>();

  constructor(lastMs: number) {
    this.lastMs = lastMs;
  }

  /** Whether the coordinator has been told anything of it. */
  get isKnown(): boolean {
    return this.#partitions.size > 0 || this.#offsets !== null;
  }

  /** The partitions that are written to in it. */
  get targets(): readonly TopicPartition[] {
    return [...this.#partitions.values()];
  }

  /** Those among partitions that the coordinator has yet to be told of. */
  unknown<Partition extends TopicPartition>(partitions: readonly Partition[]): readonly Partition[] {
    return partitions.filter((partition) => !this.#partitions.has(nameOf(partition)));
  }

  /** The coordinator has been told of them. */
  note(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions)
      this.#partitions.set(nameOf({ topic, partition }), { topic, partition });
  }

  /** Tells the coordinator by `add` that positions of the group will come, once for each group. */
  expectOffsets(groupId: string, add: () => Promise<void>): Promise<void> {
    if (this.#offsets?.groupId === groupId) return this.#offsets.added;
    const added = add();
    added.catch(() => undefined);
    this.#offsets = { groupId, added };
    return added;
  }

  /** Holds a send until it is acknowledged: one that fails stays. */
  track(sent: Promise<void>): Promise<void> {
    this.#sends.add(sent);
    sent.then(
      () => this.#sends.delete(sent),
      () => undefined,
    );
    return sent;
  }

  /** Resolves when all that was sent is acknowledged. Rejects where one has failed. */
  async acknowledged(): Promise<void> {
    await Promise.all(this.#sends);
  }

  /** Resolves when nothing is on its way any more, however it went. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#sends, this.#offsets?.added]);
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
