import type { GroupMembership, OutgoingRecord, TopicPosition, TransactionalSender } from "../runtime/kafka/types.ts";
import type { Outputs } from "./outputs.ts";

export interface UnitWriterOptions {
  /** Of the unit's transactional id, taken over before the group's positions were read (D1). */
  readonly sender: Pick<TransactionalSender, "send" | "commit" | "abort" | "close">;
  /** The generation that everything is committed under. */
  readonly membership: GroupMembership;
  /** How long positions without outputs may wait for a transaction that has some. */
  readonly idleCommitMs: number;
  readonly onCommitted: (outputs: readonly Outputs[]) => void;
  /** Told once; the writer writes no more. */
  readonly onBroken: (error: Error) => void;
}

/** Some outputs that wait for the next transaction, with how far they bring their partition. */
interface Share {
  readonly outputs: Outputs;
  readonly position: TopicPosition;
  readonly settle: (isCommitted: boolean) => void;
}

/**
 * Publishes a unit's outputs together with the positions that they were read up to, one transaction after the other. Whatever has come while one was under way makes the
 * next, so that transactions grow under load, and none is open while nothing is to be written. After any fault nothing more is written: what is committed is then
 * only known to the next holder, who initialises first and asks after that.
 */
export class UnitWriter {
  readonly #options: UnitWriterOptions;
  #waiting: Share[] = [];
  /** Of sources that gave nothing: committed with the next outputs, or after a while. */
  readonly #idlePositions = new Map<string, TopicPosition>();
  #idleTimer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #isBroken = false;

  constructor(options: UnitWriterOptions) {
    this.#options = options;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Resolves to true once it is committed, or, where there is nothing to publish, at once; to false where it is not known to be. Never rejects. */
  write(outputs: Outputs, position: TopicPosition): Promise<boolean> {
    if (this.#isBroken) return Promise.resolve(false);
    if (outputs.byTopic.size === 0) {
      this.#note(position);
      return Promise.resolve(true);
    }
    const written = new Promise<boolean>((settle) => this.#waiting.push({ outputs, position, settle }));
    this.#wake();
    return written;
  }

  /**
   * Commits where partitions begin, before anything of them is written: so a product that holds anything has a group with offsets.
   * Resolves to false where it is not known to be committed. Never rejects.
   */
  async commitFirst(positions: readonly TopicPosition[]): Promise<boolean> {
    for (const position of positions) this.#idlePositions.set(keyOf(position), position);
    this.#wake();
    await this.#writing;
    return !this.#isBroken;
  }

  /** The generation ends: resolves when all that was written is committed, and the sender is closed. */
  async close(): Promise<void> {
    this.#stopTimer();
    while (this.#writing !== null || (!this.#isBroken && this.#hasWork())) {
      this.#wake();
      await this.#writing;
    }
    await this.#options.sender.close().catch(() => undefined);
  }

  #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#idlePositions.size > 0;
  }

  #note(position: TopicPosition): void {
    this.#idlePositions.set(keyOf(position), position);
    this.#idleTimer ??= setTimeout(() => {
      this.#idleTimer = null;
      this.#wake();
    }, this.#options.idleCommitMs);
  }

  #stopTimer(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }

  #wake(): void {
    if (this.#isBroken || !this.#hasWork()) return;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      // Positions whose time came while this one was under way have no timer any more.
      if (this.#waiting.length > 0 || this.#idleTimer === null) this.#wake();
    });
  }

  async #write(): Promise<void> {
    const shares = this.#waiting;
    this.#waiting = [];
    const positions = this.#takePositions(shares);
    try {
      await this.#transact(shares, positions);
    } catch (error) {
      await this.#break(error, shares);
      return;
    }
    this.#options.onCommitted(shares.map(({ outputs }) => outputs));
    for (const { settle } of shares) settle(true);
  }

  /** The furthest position of each partition: what is written later is further. */
  #takePositions(shares: readonly Share[]): readonly TopicPosition[] {
    const positions = new Map(this.#idlePositions);
    for (const { position } of shares) positions.set(keyOf(position), position);
    this.#idlePositions.clear();
    this.#stopTimer();
    return [...positions.values()];
  }

  async #transact(shares: readonly Share[], positions: readonly TopicPosition[]): Promise<void> {
    const { sender, membership } = this.#options;
    const byTopic = new Map<string, OutgoingRecord[]>();
    for (const { outputs } of shares) {
      for (const [topic, records] of outputs.byTopic) {
        const known = byTopic.get(topic);
        if (known === undefined) byTopic.set(topic, records);
        else for (const record of records) known.push(record);
      }
    }
    await Promise.all([...byTopic].map(([topic, records]) => sender.send(topic, records)));
    await sender.commit(membership, positions);
  }

  async #break(error: unknown, shares: readonly Share[]): Promise<void> {
    this.#isBroken = true;
    this.#stopTimer();
    // Readers of committed records need not wait for the timeout then; whoever initialises next ends what is left open.
    await this.#options.sender.abort().catch(() => undefined);
    const lost = [...shares, ...this.#waiting];
    this.#waiting = [];
    this.#options.onBroken(error instanceof Error ? error : new Error(String(error)));
    for (const { settle } of lost) settle(false);
  }
}

function keyOf({ topic, partition }: TopicPosition): string {
  return `${topic}/${partition}`;
}
