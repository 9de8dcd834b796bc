import { partitionName } from "./partition-name.ts";
import type { TopicPartition } from "./types.ts";

/** What has been told of a transaction that is open, and what is on its way. */
export class OpenTransaction {
  /** When its timeout has passed, by `performance.now()`. */
  readonly lastMs: number;
  /** Those that the coordinator knows of or is being told of, by topic/partition. */
  readonly #partitions = new Map<string, { readonly target: TopicPartition; readonly added: Promise<void> }>();
  /** The group whose positions the coordinator knows will come. */
  #offsets: { readonly groupId: string; readonly added: Promise<void> } | null = null;
  /** Of records and of positions, not acknowledged: on their way, or failed. */
  readonly #sends = new Set<Promise<void>>();
  /** Whether anything is to be in it, records or positions. One that is opened ahead waits for that. */
  isUsed = false;

  constructor(lastMs: number) {
    this.lastMs = lastMs;
  }

  /** Whether the coordinator has been told anything of it. */
  get isKnown(): boolean {
    return this.#partitions.size > 0 || this.#offsets !== null;
  }

  /** The partitions that are part of it, written to or not. */
  get targets(): readonly TopicPartition[] {
    return [...this.#partitions.values()].map(({ target }) => target);
  }

  /** Tells the coordinator by `add` of those partitions that it has not been told of, and waits until it knows them all. */
  async expect(
    partitions: readonly TopicPartition[],
    add: (fresh: readonly TopicPartition[]) => Promise<void>,
  ): Promise<void> {
    const told = partitions.map((partition) => this.#partitions.get(partitionName(partition))?.added);
    await Promise.all([this.#addUnknown(partitions, add), Promise.allSettled(told)]);
    // What was told of together with others may have failed for theirs.
    await this.#addUnknown(partitions, add);
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

  /** Resolves when all that was sent is acknowledged, and all that the coordinator was told. Rejects where one has failed. */
  async acknowledged(): Promise<void> {
    await Promise.all([...this.#sends, ...this.#told()]);
  }

  /** Resolves when nothing is on its way any more, however it went. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#sends, ...this.#told()]);
  }

  #told(): readonly (Promise<void> | undefined)[] {
    return [this.#offsets?.added, ...[...this.#partitions.values()].map(({ added }) => added)];
  }

  /** Those that could not be added stay unknown. */
  async #addUnknown(
    partitions: readonly TopicPartition[],
    add: (fresh: readonly TopicPartition[]) => Promise<void>,
  ): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#partitions.has(partitionName(partition)));
    if (fresh.length === 0) return;
    const added = add(fresh);
    for (const { topic, partition } of fresh) {
      const target = { topic, partition };
      this.#partitions.set(partitionName(target), { target, added });
    }
    try {
      await added;
    } catch (error) {
      for (const partition of fresh) this.#partitions.delete(partitionName(partition));
      throw error;
    }
  }
}
