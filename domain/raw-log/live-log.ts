import type { TradingCalendar } from "../calendar/calendar.ts";
import { type SettingsDocument, settingsOf } from "../settings.ts";
import { compareTimes, type EventTime } from "../time/event-time.ts";
import {
  gapEntry,
  heartbeatEntry,
  isAheadOf,
  type LogEntry,
  type RawLog,
  type StreamMessage,
  settingsEntry,
} from "./entries.ts";
import { ReferenceNeeds } from "./reference-needs.ts";

/** A stream message with the moment at which it was received, microseconds since the epoch. */
export interface ReceivedMessage extends StreamMessage {
  readonly receivedMicros: number;
}

const secondMicros = 1_000_000;

/** How many messages ahead of their time may wait for the first heartbeat. */
const heldMax = 1000;

/**
 * The raw log of a live stream. The stream's time is the newest event time seen plus the time since it was received: never the bare wall clock, so
 * that a delayed feed has a time of its own, and never a `t` more than `maxAheadMs` past its receipt.
 */
export class LiveLog<Message extends ReceivedMessage> implements RawLog<Message> {
  readonly #document: SettingsDocument;
  readonly #needs: ReferenceNeeds;
  readonly #maxAheadMicros: number;
  #newest: EventTime | null = null;
  #newestReceivedMicros = 0;
  #heartbeat: EventTime | null = null;
  #isFirstOfConnection = true;
  /** Messages ahead of their time that came before the first heartbeat: in front of it their time would pass (W8). */
  #held: Message[] = [];
  #gap: { readonly from: EventTime; readonly reason: string } | null = null;

  /** @param stoppedAt - the newest event time that a producer before this one has written: what came after it until now is missing. @default none */
  constructor(
    document: SettingsDocument,
    calendar: TradingCalendar,
    symbols: readonly string[],
    stoppedAt: EventTime | null = null,
  ) {
    if (stoppedAt !== null) this.#gap = { from: stoppedAt, reason: "restarted" };
    this.#document = document;
    this.#needs = new ReferenceNeeds(calendar, symbols);
    this.#maxAheadMicros = settingsOf(document).maxAheadMs * 1000;
  }

  /** The newest event time so far; null before the first. */
  get newest(): EventTime | null {
    return this.#newest;
  }

  begin(out: LogEntry<Message>[]): void {
    out.push(settingsEntry(this.#document));
  }

  connected(nowMicros: number, out: LogEntry<Message>[]): void {
    this.#isFirstOfConnection = true;
    if (this.#gap === null) return;
    const { from, reason } = this.#gap;
    const to = this.#timeAt(nowMicros);
    // Of a stream whose times are ahead of our clock.
    out.push(gapEntry(from, compareTimes(to, from) < 0 ? from : to, reason));
    this.#gap = null;
  }

  /** The hole begins with the newest event seen: what came after it on the way may be lost. */
  lost(nowMicros: number, reason: string): void {
    this.#gap ??= { from: this.#newest ?? { micros: nowMicros, nanos: 0 }, reason };
  }

  push(message: Message, out: LogEntry<Message>[]): void {
    const time = message.time;
    if (time === null) {
      out.push(message);
      return;
    }
    if (isAheadOf(time, { micros: message.receivedMicros, nanos: 0 }, this.#maxAheadMicros)) {
      this.#held.push(message);
      if (this.#heartbeat !== null || this.#held.length > heldMax) this.#release(out);
      return;
    }
    const need = this.#needs.before(message.symbol, time.micros);
    if (need !== null) out.push(need);
    if (this.#newest === null || compareTimes(time, this.#newest) > 0) {
      this.#newest = time;
      this.#newestReceivedMicros = message.receivedMicros;
    }
    const isSecondPast = this.#heartbeat === null || !isAheadOf(this.#heartbeat, time, -secondMicros);
    if (this.#isFirstOfConnection || isSecondPast) this.#beat(message.receivedMicros, out);
    this.#isFirstOfConnection = false;
    this.#release(out);
    out.push(message);
  }

  tick(nowMicros: number, out: LogEntry<Message>[]): void {
    if (this.#newest !== null) this.#beat(nowMicros, out);
  }

  stop(out: LogEntry<Message>[]): void {
    this.#release(out);
  }

  end(out: LogEntry<Message>[]): void {
    this.#release(out);
  }

  #release(out: LogEntry<Message>[]): void {
    if (this.#held.length === 0) return;
    out.push(...this.#held);
    this.#held = [];
  }

  /** Heartbeats never go back: where a newer message took longer on its way, the one before still holds. */
  #beat(nowMicros: number, out: LogEntry<Message>[]): void {
    const time = this.#timeAt(nowMicros);
    if (this.#heartbeat !== null && compareTimes(time, this.#heartbeat) <= 0) return;
    this.#heartbeat = time;
    out.push(heartbeatEntry(time));
  }

  #timeAt(nowMicros: number): EventTime {
    if (this.#newest === null) return { micros: nowMicros, nanos: 0 };
    const sinceMicros = Math.max(0, nowMicros - this.#newestReceivedMicros);
    return { micros: this.#newest.micros + sinceMicros, nanos: this.#newest.nanos };
  }
}
