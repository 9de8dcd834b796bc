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

/** How many messages without a readable time may wait behind one that waits for its confirmation. */
const heldMax = 10_000;

/**
 * The raw log of a recording, its time told by the messages alone, so that offline and on Kafka it is the same log.
 *
 * A message whose time jumps more than `maxAheadMs` past the newest that has counted is held until the next one with a readable time is there:
 *
 *            no jump                     the next is at most maxAheadMs before: counts
 *   message ---------> counts    jump: held <
 *                                        the next is earlier than that: written bare, moves nothing
 *
 * The very first is always held, and the earlier of the first two times counts at the start. The last of all counts in the session of the one before.
 */
export class RecordedLog<Message extends StreamMessage> implements RawLog<Message> {
  readonly #document: SettingsDocument;
  readonly #calendar: TradingCalendar;
  readonly #needs: ReferenceNeeds;
  readonly #maxAheadMicros: number;
  readonly #closeAllMicros: number;
  /** The newest time that has counted. */
  #newest: EventTime | null = null;
  #heartbeatSecond = Number.NEGATIVE_INFINITY;
  /** The time of the message written before, counted or not. */
  #before: EventTime | null = null;
  /** A message that waits for its confirmation, and those without a readable time behind it. */
  #held: Message[] = [];
  #gap: { readonly from: EventTime | null; readonly reason: string } | null = null;

  constructor(document: SettingsDocument, calendar: TradingCalendar, symbols: readonly string[]) {
    const settings = settingsOf(document);
    this.#document = document;
    this.#calendar = calendar;
    this.#needs = new ReferenceNeeds(calendar, symbols);
    this.#maxAheadMicros = settings.maxAheadMs * 1000;
    this.#closeAllMicros = (settings.intervals.at(-1)?.micros ?? 0) + settings.maxOutOfOrderMs * 1000;
  }

  begin(out: LogEntry<Message>[]): void {
    out.push(settingsEntry(this.#document));
  }

  push(message: Message, out: LogEntry<Message>[]): void {
    const time = message.time;
    if (this.#held.length > 0) {
      if (time === null) {
        this.#held.push(message);
        if (this.#held.length > heldMax) this.#decideLast(out);
        return;
      }
      this.#decide(time, out);
    }
    if (time === null) out.push(message);
    else if (this.#newest === null || isAheadOf(time, this.#newest, this.#maxAheadMicros)) this.#held = [message];
    else this.#count(message, time, out);
  }

  lost(_nowMicros: number, reason: string): void {
    this.#gap ??= { from: this.#newest, reason };
  }

  connected(): void {
    // The gap is written before the next message that counts: only its time says how far the hole reaches.
  }

  tick(): void {
    // A recording's time is told by its messages alone.
  }

  stop(out: LogEntry<Message>[]): void {
    this.#decideLast(out);
  }

  end(out: LogEntry<Message>[]): void {
    this.#decideLast(out);
    if (this.#newest === null) return;
    this.#writeGap(this.#newest, out);
    // Above every window's end plus the watermark's delay, so that all of them close.
    const microsEnd = this.#newest.micros + (this.#newest.nanos > 0 ? 1 : 0) + this.#closeAllMicros;
    this.#heartbeat(Math.ceil(microsEnd / 1_000_000), out);
  }

  /** Decides on the held message by the time of the next one. */
  #decide(next: EventTime, out: LogEntry<Message>[]): void {
    const time = this.#held[0]?.time ?? next;
    if (this.#newest === null) this.#start(compareTimes(time, next) <= 0 ? time : next, out);
    const isJump = this.#newest === null || isAheadOf(time, this.#newest, this.#maxAheadMicros);
    this.#release(!isJump || !isAheadOf(time, next, this.#maxAheadMicros), out);
  }

  /** Decides on the held message when no next one comes. */
  #decideLast(out: LogEntry<Message>[]): void {
    const time = this.#held[0]?.time ?? null;
    if (time === null) return;
    const session = this.#calendar.sessionAt(time.micros / 1_000_000);
    const before = this.#before === null ? null : this.#calendar.sessionAt(this.#before.micros / 1_000_000);
    this.#release(this.#newest === null || (session !== null && session === before), out);
  }

  /** The first heartbeat stands before the first message even where that one is ahead of its time: or its time would pass (W8). */
  #start(time: EventTime, out: LogEntry<Message>[]): void {
    this.#writeGap(time, out);
    const need = this.#needs.before(null, time.micros);
    if (need !== null) out.push(need);
    this.#newest = time;
    this.#heartbeat(Math.floor(time.micros / 1_000_000), out);
  }

  #release(counts: boolean, out: LogEntry<Message>[]): void {
    const held = this.#held;
    this.#held = [];
    for (const message of held) {
      if (message.time === null || !counts) {
        this.#before = message.time ?? this.#before;
        out.push(message);
      } else {
        this.#count(message, message.time, out);
      }
    }
  }

  #count(message: Message, time: EventTime, out: LogEntry<Message>[]): void {
    this.#writeGap(time, out);
    const need = this.#needs.before(message.symbol, time.micros);
    if (need !== null) out.push(need);
    if (this.#newest === null || compareTimes(time, this.#newest) > 0) this.#newest = time;
    this.#before = time;
    const second = Math.floor(time.micros / 1_000_000);
    if (second > this.#heartbeatSecond) this.#heartbeat(second, out);
    out.push(message);
  }

  #heartbeat(second: number, out: LogEntry<Message>[]): void {
    this.#heartbeatSecond = second;
    out.push(heartbeatEntry({ micros: second * 1_000_000, nanos: 0 }));
  }

  /** Before the heartbeat, which closes the windows that the hole touches: they have to know of it by then (W9). */
  #writeGap(to: EventTime, out: LogEntry<Message>[]): void {
    if (this.#gap === null) return;
    const from = this.#gap.from ?? to;
    out.push(gapEntry(from, compareTimes(from, to) > 0 ? from : to, this.#gap.reason));
    this.#gap = null;
  }
}
