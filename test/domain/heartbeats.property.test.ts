import fc from "fast-check";
import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import type { LogEntry } from "../../domain/raw-log/entries.ts";
import { LiveLog, type ReceivedMessage } from "../../domain/raw-log/live-log.ts";
import { RecordedLog } from "../../domain/raw-log/recorded-log.ts";
import { defaultSettings } from "../../domain/settings.ts";
import { parseEventTime } from "../../domain/time/event-time.ts";

const settings = defaultSettings(nyse.version);
const begin = Date.parse("2018-01-04T00:59:00Z") * 1000;

/** Mostly small steps around eight in the evening, some jumps, some without a time. */
const times = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -2_000_000, max: 4_000_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -60_000_000, max: 200_000_000_000 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  { maxLength: 60 },
);

function messagesOf(steps: readonly (number | null)[]): ReceivedMessage[] {
  let now = begin;
  return steps.map((step, index) => {
    // A jump past what a step is stays alone, as a broken clock would send it.
    if (step !== null && Math.abs(step) <= 4_000_000) now += step;
    const micros = step === null ? null : Math.abs(step) <= 4_000_000 ? now : now + step;
    const time = micros === null ? null : { micros, nanos: 0 };
    return { kind: "message", symbol: `S${index % 3}`, time, receivedMicros: now + 1000 };
  });
}

type Entries = readonly LogEntry<ReceivedMessage>[];

function heartbeats(out: Entries): number[] {
  return out.flatMap((entry) =>
    entry.kind === "control" && entry.type === "heartbeat"
      ? [parseEventTime((JSON.parse(entry.value) as { t: string }).t)?.micros ?? Number.NaN]
      : [],
  );
}

function recorded(messages: readonly ReceivedMessage[]): Entries {
  const out: LogEntry<ReceivedMessage>[] = [];
  const log = new RecordedLog<ReceivedMessage>(settings, nyse, ["S0"]);
  for (const message of messages) log.push(message, out);
  log.end(out);
  return out;
}

it("recorded: every message is written once, in order", () => {
  fc.assert(
    fc.property(times, (steps) => {
      const messages = messagesOf(steps);
      expect(recorded(messages).filter((entry) => entry.kind === "message")).toEqual(messages);
    }),
  );
});

it("recorded: heartbeats bear whole seconds, each above the one before", () => {
  fc.assert(
    fc.property(times, (steps) => {
      const beats = heartbeats(recorded(messagesOf(steps)));
      for (const [index, beat] of beats.entries()) {
        expect(beat % 1_000_000).toBe(0);
        if (index > 0) expect(beat).toBeGreaterThan(beats[index - 1] ?? 0);
      }
    }),
  );
});

it("recorded: a message within maxAheadMs of the heartbeat in force is less than a second past it", () => {
  fc.assert(
    fc.property(times, (steps) => {
      let beat = Number.NEGATIVE_INFINITY;
      for (const entry of recorded(messagesOf(steps))) {
        if (entry.kind === "control") beat = heartbeats([entry])[0] ?? beat;
        if (entry.kind !== "message" || entry.time === null) continue;
        const ahead = entry.time.micros - beat;
        expect(ahead < 1_000_000 || ahead > settings.maxAheadMs * 1000).toBe(true);
      }
    }),
  );
});

it("recorded: the last heartbeat closes every window that a message in time can have opened", () => {
  fc.assert(
    fc.property(times, (steps) => {
      const out = recorded(messagesOf(steps));
      const beats = heartbeats(out);
      const newest = (beats.at(-2) ?? 0) + 999_999;
      if (beats.length > 0) expect(beats.at(-1)).toBeGreaterThanOrEqual(newest - 999_999 + 301_000_000);
      expect(out.length === 0 || beats.length !== 1).toBe(true);
    }),
  );
});

it("recorded: every message that is in time stands behind the reference of its symbol and session", () => {
  fc.assert(
    fc.property(times, (steps) => {
      const asked = new Set<string>();
      let beat = Number.NEGATIVE_INFINITY;
      for (const entry of recorded(messagesOf(steps))) {
        if (entry.kind === "references")
          for (const symbol of entry.symbols) asked.add(`${entry.sessionDate} ${symbol}`);
        if (entry.kind === "control") beat = heartbeats([entry])[0] ?? beat;
        if (entry.kind !== "message" || entry.time === null || entry.time.micros >= beat + 1_000_000) continue;
        const session = nyse.sessionAt(entry.time.micros / 1_000_000);
        expect(asked.has(`${session?.date} ${entry.symbol}`)).toBe(true);
      }
    }),
  );
});

it("live: heartbeats only grow, and no message in time is a second or more past the newest", () => {
  fc.assert(
    fc.property(times, (steps) => {
      const out: LogEntry<ReceivedMessage>[] = [];
      const log = new LiveLog<ReceivedMessage>(settings, nyse, ["S0"]);
      for (const [index, message] of messagesOf(steps).entries()) {
        log.push(message, out);
        if (index % 5 === 0) log.tick(message.receivedMicros + 100_000, out);
      }
      log.end(out);
      let beat = Number.NEGATIVE_INFINITY;
      for (const entry of out) {
        if (entry.kind === "control") {
          const next = heartbeats([entry])[0] ?? beat;
          expect(next).toBeGreaterThan(beat);
          beat = next;
        }
        if (entry.kind !== "message" || entry.time === null) continue;
        if (entry.time.micros - entry.receivedMicros > settings.maxAheadMs * 1000) continue;
        expect(entry.time.micros - beat).toBeLessThan(1_000_000);
      }
    }),
  );
});
