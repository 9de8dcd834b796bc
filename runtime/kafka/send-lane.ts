import { giveRoomBack } from "./batch-room.ts";
import { type Compression, compressBatch } from "./compression.ts";
import { LaneBacklog } from "./lane-backlog.ts";
import { type BatchProducer, type RecordBatchWriter, sealBatch } from "./record-batch-writer.ts";
import type { SendTicket } from "./send-ticket.ts";
import type { EncodedBatch, OutgoingRecord } from "./types.ts";

/** Sequence numbers are of 31 bits and start again at 0. */
const sequences = 2 ** 31;
/** A broker forgets a producer that it has not heard of for a day (`producer.id.expiration.ms`). */
const knownMsMax = 3_600_000;

/** Encoded records on their way, with whose they are. */
export interface LaneBatch {
  readonly lane: SendLane;
  readonly bytes: Buffer;
  readonly count: number;
  readonly shares: readonly Share[];
  /** Place among the lane's batches, which sequence numbers alone do not tell once they start again. */
  readonly order: number;
  baseSequence: number;
  /** Some connection may still hold the bytes of an earlier try. */
  wasSentBefore: boolean;
}

/** So many records in a row belong to one ticket. */
interface Share {
  readonly ticket: SendTicket;
  count: number;
}

/**
 * What is to be sent to one partition, in order. Up to five batches may be on their way at once: their sequence numbers let the
 * broker refuse one that overtakes another, and know one that comes twice. After a fault the lane waits until all its batches have
 * been answered, and sends the unwritten ones again in order.
 *
 * A broker takes whatever number comes first from a producer that it does not know: a second batch would be written although the
 * first was refused, and stand before it for good. So the first batch goes alone, and so does the first after a fault: the topic may have been made anew.
 */
export class SendLane {
  readonly topic: string;
  readonly partition: number;
  /** Set when the broker no longer knows our sequence: nothing goes out before a new producer id. */
  lostSequence = false;
  readonly #compression: Compression;
  readonly #backlog = new LaneBacklog();
  #shares: Share[] = [];
  #again: LaneBatch[] = [];
  readonly #underWay = new Set<LaneBatch>();
  #draining = false;
  #fault: Error | null = null;
  /** The broker has acknowledged something of this sequence, and refused nothing since. */
  #isKnown = false;
  #lastTakenMs = 0;
  #nextSequence = 0;
  #nextOrder = 0;
  #lastEnd = 0;

  constructor(topic: string, partition: number, compression: Compression = "none") {
    this.topic = topic;
    this.partition = partition;
    this.#compression = compression;
  }

  add(ticket: SendTicket, records: readonly OutgoingRecord[]): void {
    this.#backlog.addRecords(records);
    this.#shares.push({ ticket, count: records.length });
  }

  addBatch(ticket: SendTicket, batch: EncodedBatch): void {
    this.#backlog.addBatch(batch);
    this.#shares.push({ ticket, count: batch.count });
  }

  get isIdle(): boolean {
    return !this.hasUnresolved && this.#backlog.isEmpty;
  }

  /** Whether some batch was sent at least once and is not answered for good. */
  get hasUnresolved(): boolean {
    return this.#underWay.size > 0 || this.#again.length > 0;
  }

  get isUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  canSend(onlyAgain: boolean): boolean {
    if (this.#draining || this.lostSequence || this.#fault !== null) return false;
    if (!this.#isKnown && this.#underWay.size > 0) return false;
    return this.#again.length > 0 || (!onlyAgain && !this.#backlog.isEmpty);
  }

  /** The next batch, sealed and counted as under way. Only where `canSend`. */
  take(writer: RecordBatchWriter, producer: Omit<BatchProducer, "baseSequence">, nowMs: number): LaneBatch {
    if (nowMs - this.#lastTakenMs > knownMsMax) this.#isKnown = false;
    this.#lastTakenMs = nowMs;
    const batch = this.#again.shift() ?? this.#encode(writer, nowMs);
    sealBatch(batch.bytes, { ...producer, baseSequence: batch.baseSequence });
    this.#underWay.add(batch);
    return batch;
  }

  acknowledge(batch: LaneBatch, baseOffset: number): void {
    // A repeat that the broker no longer remembers in full is answered without an offset.
    let end = baseOffset >= 0 ? baseOffset : this.#lastEnd;
    for (const { ticket, count } of batch.shares) {
      end += count;
      ticket.acknowledge(this.partition, count, end);
    }
    this.#lastEnd = Math.max(end, this.#lastEnd);
    this.#isKnown = true;
    if (!batch.wasSentBefore) giveRoomBack(batch.bytes);
    this.#settle(batch);
  }

  /** Takes a batch back that was not written, or whose answer was lost. */
  putBack(batch: LaneBatch): void {
    const place = this.#again.findIndex(({ order }) => order > batch.order);
    this.#again.splice(place === -1 ? this.#again.length : place, 0, batch);
    this.#draining = true;
    this.#isKnown = false;
    batch.wasSentBefore = true;
    this.#settle(batch);
  }

  /**
   * Takes a batch back that the broker found out of order. Behind another that is unresolved it is only that one's shadow; the first
   * of all shows that the broker no longer knows our sequence.
   */
  putBackOutOfOrder(batch: LaneBatch): void {
    const isEarlier = (other: LaneBatch) => other.order < batch.order;
    if (!this.#again.some(isEarlier) && ![...this.#underWay].some(isEarlier)) this.lostSequence = true;
    this.putBack(batch);
  }

  /** Gives up all that the lane holds, as soon as nothing is under way; later sends start afresh. */
  fail(error: Error): void {
    this.#fault ??= error;
    this.#settle(null);
  }

  /** Numbers everything unresolved from 0 on: a new producer id begins. */
  restartSequence(): void {
    this.lostSequence = false;
    this.#isKnown = false;
    this.#nextSequence = 0;
    for (const batch of this.#again) batch.baseSequence = this.#claimSequence(batch.count);
  }

  #encode(writer: RecordBatchWriter, nowMs: number): LaneBatch {
    const { bytes, count } = this.#backlog.take(writer, nowMs);
    return {
      lane: this,
      bytes: compressBatch(bytes, this.#compression),
      count,
      shares: this.#takeShares(count),
      order: this.#nextOrder++,
      baseSequence: this.#claimSequence(count),
      wasSentBefore: false,
    };
  }

  #claimSequence(count: number): number {
    const claimed = this.#nextSequence;
    this.#nextSequence = (claimed + count) % sequences;
    return claimed;
  }

  #takeShares(count: number): readonly Share[] {
    const taken: Share[] = [];
    for (let rest = count; rest > 0; ) {
      const first = this.#shares[0] as Share;
      const part = Math.min(first.count, rest);
      taken.push({ ticket: first.ticket, count: part });
      rest -= part;
      first.count -= part;
      if (first.count === 0) this.#shares.shift();
    }
    return taken;
  }

  #settle(batch: LaneBatch | null): void {
    if (batch !== null) this.#underWay.delete(batch);
    if (this.#underWay.size > 0) return;
    this.#draining = false;
    if (this.#fault === null) return;
    const error = this.#fault;
    this.#fault = null;
    // Whether the broker has any of what is given up is not known: going on with its sequence numbers could make it take the next
    // records for repeats.
    if (this.#again.length > 0) this.lostSequence = true;
    for (const { ticket } of [...this.#again.flatMap(({ shares }) => shares), ...this.#shares]) ticket.fail(error);
    this.#again = [];
    this.#backlog.clear();
    this.#shares = [];
  }
}
