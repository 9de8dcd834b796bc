import { partitionOf } from "../domain/partition.ts";
import type { ControlEntry, LogEntry, ReferenceNeed } from "../domain/raw-log/entries.ts";
import type { ReceivedMessage } from "../domain/raw-log/live-log.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import type { OutgoingRecord, RecordSender, TopicPosition } from "../runtime/kafka/types.ts";
import type { Metrics } from "../runtime/metrics/metrics.ts";
import { RecordBatcher } from "./record-batcher.ts";

/** A message of the stream with all that its record needs. */
export interface ProducedMessage extends ReceivedMessage {
  readonly type: string | null;
  readonly value: string | Buffer;
  /** Names the connection that it came on. */
  readonly connection: string;
  /** Its number on that connection, from 0. */
  readonly sequence: number;
}

/** Where references come from: `load` never rejects. */
interface References {
  isLoaded(need: ReferenceNeed): boolean;
  load(sessionDate: string, symbols: readonly string[]): Promise<void>;
  records(need: ReferenceNeed): readonly ControlEntry[];
}

export interface RawWriterOptions {
  readonly sender: RecordSender;
  readonly topic: string;
  readonly partitions: number;
  readonly references: References;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly onFailed: (error: unknown) => void;
  /** Called when what waits grows above `backlogMax`, and when half of it is left. */
  readonly onFull: () => void;
  readonly onRoom: () => void;
  /** Entries and records accepted and not yet acknowledged. @default 50,000 */
  readonly backlogMax?: number;
}

/** Symbols whose partition is remembered. */
const symbolsMax = 100_000;

/**
 * Turns the raw log's entries into records, strictly in order. Where references are needed and not there yet, everything behind waits for them.
 */
export class RawWriter {
  readonly #options: RawWriterOptions;
  readonly #backlogMax: number;
  readonly #batcher: RecordBatcher;
  readonly #partitions = new Map<string, number>();
  /** What stands behind the references that are being fetched. */
  #waiting: LogEntry<ProducedMessage>[] = [];
  #isFetching = false;
  #isFull = false;
  #hasReceived = false;
  #idle: (() => void)[] = [];

  constructor(options: RawWriterOptions) {
    this.#options = options;
    this.#backlogMax = options.backlogMax ?? 50_000;
    this.#batcher = new RecordBatcher({
      sender: options.sender,
      topic: options.topic,
      onAcknowledged: () => this.#checkBacklog(),
      onFailed: options.onFailed,
    });
  }

  /** What is accepted and not yet acknowledged. */
  get queued(): number {
    return this.#waiting.length + this.#batcher.unacknowledged;
  }

  /** Stands for all that was accepted before; null while something of it waits for references. */
  mark(): number | null {
    return this.#isFetching ? null : this.#batcher.mark;
  }

  isAcknowledged(mark: number): boolean {
    return this.#batcher.isAcknowledged(mark);
  }

  /** The acknowledged ends by partition. */
  positions(): readonly TopicPosition[] {
    return this.#batcher.positions();
  }

  write(entries: readonly LogEntry<ProducedMessage>[]): void {
    if (this.#isFetching) this.#waiting.push(...entries);
    else this.#put(entries, 0);
    this.#checkBacklog();
  }

  /** Resolves when all that was accepted is acknowledged. */
  async flush(): Promise<void> {
    while (this.queued > 0) {
      this.#batcher.sendNow();
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  #put(entries: readonly LogEntry<ProducedMessage>[], from: number): void {
    for (let index = from; index < entries.length; index++) {
      const entry = entries[index] as LogEntry<ProducedMessage>;
      if (entry.kind === "message") this.#putMessage(entry);
      else if (entry.kind === "control") this.#putControl(entry);
      else if (this.#options.references.isLoaded(entry)) this.#putReferences(entry);
      else {
        this.#waiting = entries.slice(index + 1);
        void this.#fetch(entry);
        return;
      }
    }
  }

  async #fetch(need: ReferenceNeed): Promise<void> {
    this.#isFetching = true;
    // With `*`, new symbols come one by one: those that already wait are asked for together.
    const symbols = new Set(need.symbols);
    for (const entry of this.#waiting) {
      if (entry.kind !== "references" || entry.sessionDate !== need.sessionDate) continue;
      for (const symbol of entry.symbols) symbols.add(symbol);
    }
    await this.#options.references.load(need.sessionDate, [...symbols]);
    this.#isFetching = false;
    this.#putReferences(need);
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#put(waiting, 0);
    this.#checkBacklog();
  }

  #putReferences(need: ReferenceNeed): void {
    for (const control of this.#options.references.records(need)) this.#putControl(control);
  }

  #putMessage(message: ProducedMessage): void {
    const { metrics } = this.#options;
    if (!this.#hasReceived) metrics.reach("firstReceivedMicros", message.receivedMicros);
    this.#hasReceived = true;
    metrics.add("messages");
    if (message.type === "q") metrics.add("quotes");
    else if (message.type === "t") metrics.add("trades");
    metrics.add("bytes", message.value.length);
    this.#batcher.add({
      partition: message.symbol === null ? 0 : this.#partitionOf(message.symbol),
      key: message.symbol,
      value: message.value,
      headers: {
        "received-time": String(message.receivedMicros),
        connection: message.connection,
        sequence: String(message.sequence),
      },
    });
  }

  #putControl({ type, symbol, value }: ControlEntry): void {
    const { metrics, clock, partitions } = this.#options;
    metrics.add("controls");
    if (type === "heartbeat") metrics.add("heartbeats");
    else if (type === "reference") metrics.add("references");
    else if (type === "gap") metrics.add("gaps");
    const headers = { "received-time": String(clock.nowMicros()) };
    const record = (partition: number): OutgoingRecord => ({ partition, key: symbol, value, headers });
    if (symbol !== null) this.#batcher.add(record(this.#partitionOf(symbol)));
    else for (let partition = 0; partition < partitions; partition++) this.#batcher.add(record(partition));
  }

  #partitionOf(symbol: string): number {
    const known = this.#partitions.get(symbol);
    if (known !== undefined) return known;
    const partition = partitionOf(symbol, this.#options.partitions);
    if (this.#partitions.size >= symbolsMax) this.#partitions.clear();
    this.#partitions.set(symbol, partition);
    return partition;
  }

  #checkBacklog(): void {
    const queued = this.queued;
    this.#options.metrics.set("queued", queued);
    if (!this.#isFull && queued > this.#backlogMax) {
      this.#isFull = true;
      this.#options.onFull();
    } else if (this.#isFull && queued <= this.#backlogMax / 2) {
      this.#isFull = false;
      this.#options.onRoom();
    }
    // Whoever waits for the end looks again; more may have come behind references.
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
