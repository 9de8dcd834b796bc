import type { OutgoingRecord, RecordSender, TopicPosition } from "../runtime/kafka/types.ts";

export interface RecordBatcherOptions {
  readonly sender: RecordSender;
  readonly topic: string;
  readonly onAcknowledged: () => void;
  readonly onFailed: (error: unknown) => void;
}

/** A batch goes out when it is this large, or this old. */
const batchRecordsMax = 2000;
const batchBytesMax = 512 * 1024;
const lingerMs = 5;

/** Several batches are under way at once, their order kept by the sender; behind them the next batch only grows. */
const sendsInFlightMax = 4;

/** Collects records into batches for Kafka. After a failure it sends nothing more. */
export class RecordBatcher {
  readonly #options: RecordBatcherOptions;
  readonly #ends = new Map<number, number>();
  #batch: OutgoingRecord[] = [];
  #batchBytes = 0;
  /** Of the batch that grows; those under way have lower ones. */
  #batchNumber = 1;
  readonly #inFlight = new Set<number>();
  #unacknowledged = 0;
  #linger: NodeJS.Timeout | null = null;
  #isDue = false;
  #hasFailed = false;

  constructor(options: RecordBatcherOptions) {
    this.#options = options;
  }

  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** Stands for all that was added before. */
  get mark(): number {
    return this.#batch.length > 0 ? this.#batchNumber : this.#batchNumber - 1;
  }

  isAcknowledged(mark: number): boolean {
    if (this.#hasFailed || mark >= this.#batchNumber) return false;
    for (const number of this.#inFlight) if (number <= mark) return false;
    return true;
  }

  positions(): readonly TopicPosition[] {
    const { topic } = this.#options;
    return [...this.#ends].map(([partition, offset]) => ({ topic, partition, offset }));
  }

  add(record: OutgoingRecord): void {
    this.#batch.push(record);
    this.#unacknowledged++;
    this.#batchBytes += record.value?.length ?? 0;
    if (this.#batch.length >= batchRecordsMax || this.#batchBytes >= batchBytesMax) this.sendNow();
    else this.#linger ??= setTimeout(() => this.sendNow(), lingerMs);
  }

  /** Sends the batch as soon as a place is free. */
  sendNow(): void {
    this.#isDue = true;
    if (this.#batch.length === 0 || this.#inFlight.size >= sendsInFlightMax || this.#hasFailed) return;
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#linger = null;
    this.#isDue = false;
    const records = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    void this.#send(records, this.#batchNumber++);
  }

  async #send(records: readonly OutgoingRecord[], batchNumber: number): Promise<void> {
    this.#inFlight.add(batchNumber);
    try {
      const ends = await this.#options.sender.send(this.#options.topic, records);
      for (const { partition, offset } of ends) {
        this.#ends.set(partition, Math.max(offset, this.#ends.get(partition) ?? 0));
      }
      this.#unacknowledged -= records.length;
    } catch (error) {
      this.#hasFailed = true;
      this.#options.onFailed(error);
      return;
    } finally {
      this.#inFlight.delete(batchNumber);
    }
    if (this.#isDue) this.sendNow();
    this.#options.onAcknowledged();
  }
}
