import { type EventTime, formatEventTime } from "../time/event-time.ts";

/** A message of the stream on its way to the raw log, with what the order of control records is decided by. */
export interface StreamMessage {
  readonly kind: "message";
  /** Null where there is none: the record then has no key and goes to partition 0. */
  readonly symbol: string | null;
  /** Event time (W1); null where the message has no readable one. */
  readonly time: EventTime | null;
}

/** A control record: of one symbol (its key), or for every partition (`symbol` null, no key). */
export interface ControlEntry {
  readonly kind: "control";
  readonly type: "settings" | "heartbeat" | "reference" | "split" | "gap";
  readonly symbol: string | null;
  /** The record's value, JSON. */
  readonly value: string;
}

/** The place in the log where the references and splits of these symbols for this session belong (C4). Symbols are sorted. */
export interface ReferenceNeed {
  readonly kind: "references";
  readonly sessionDate: string;
  readonly symbols: readonly string[];
}

/** What goes on the raw log next, in order. */
export type LogEntry<Message extends StreamMessage> = Message | ControlEntry | ReferenceNeed;

/**
 * Puts messages and control records into the one order that the raw log has. Pure: it appends to `out` what can be
 * written now, and keeps what has to wait. All times of our own are microseconds since the epoch.
 */
export interface RawLog<Message extends StreamMessage> {
  /** The settings: first of all. */
  begin(out: LogEntry<Message>[]): void;
  /** The upstream connection stands, its subscription acknowledged; after a loss, a gap is written (W9). */
  connected(nowMicros: number, out: LogEntry<Message>[]): void;
  /** The upstream connection is lost. */
  lost(nowMicros: number, reason: string): void;
  push(message: Message, out: LogEntry<Message>[]): void;
  /** To be called each second while connected and reading. */
  tick(nowMicros: number, out: LogEntry<Message>[]): void;
  /** Reading stops here, though the source goes on: gives out what waited. */
  stop(out: LogEntry<Message>[]): void;
  /** The source is through: gives out what waited, and in a recording closes every window. */
  end(out: LogEntry<Message>[]): void;
}

export function heartbeatEntry(time: EventTime): ControlEntry {
  return {
    kind: "control",
    type: "heartbeat",
    symbol: null,
    value: `{"T":"heartbeat","t":"${formatEventTime(time)}"}`,
  };
}

export function gapEntry(from: EventTime, to: EventTime, reason: string): ControlEntry {
  const span = `"from":"${formatEventTime(from)}","to":"${formatEventTime(to)}"`;
  return {
    kind: "control",
    type: "gap",
    symbol: null,
    value: `{"T":"gap","S":null,${span},"reason":${JSON.stringify(reason)}}`,
  };
}

export function settingsEntry(document: object): ControlEntry {
  return { kind: "control", type: "settings", symbol: null, value: JSON.stringify(document) };
}

/** True where `time` is more than a span past `base`. */
export function isAheadOf(time: EventTime, base: EventTime, spanMicros: number): boolean {
  const aheadMicros = time.micros - base.micros;
  return aheadMicros > spanMicros || (aheadMicros === spanMicros && time.nanos > base.nanos);
}
