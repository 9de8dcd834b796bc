import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import type { LogEntry } from "../../domain/raw-log/entries.ts";
import { LiveLog, type ReceivedMessage } from "../../domain/raw-log/live-log.ts";
import { defaultSettings } from "../../domain/settings.ts";
import { parseEventTime } from "../../domain/time/event-time.ts";

const settings = defaultSettings(nyse.version);
const origin = "2018-01-03T15:00:00Z";
const micros = (seconds: number) => Date.parse(origin) * 1000 + seconds * 1_000_000;

/** A message whose time and receipt are seconds after 15:00:00. */
const message = (time: number | null, received: number): ReceivedMessage => ({
  kind: "message",
  symbol: "XXX",
  time: time === null ? null : { micros: micros(time), nanos: 0 },
  receivedMicros: micros(received),
});

function start() {
  const out: LogEntry<ReceivedMessage>[] = [];
  const log = new LiveLog<ReceivedMessage>(settings, nyse, ["XXX"]);
  log.connected(micros(0), out);
  /** What has been written since the last call, in seconds after 15:00:00. */
  const taken = () =>
    out.splice(0).map((entry) => {
      if (entry.kind === "references") return `refs ${entry.sessionDate}`;
      if (entry.kind === "message") return "message";
      const value = JSON.parse(entry.value) as { t: string; from: string; to: string };
      const seconds = (text: string) => ((parseEventTime(text)?.micros ?? 0) - micros(0)) / 1_000_000;
      return entry.type === "gap" ? `gap ${seconds(value.from)} ${seconds(value.to)}` : `♥${seconds(value.t)}`;
    });
  return { log, out, taken };
}

it("a connection's first message stands behind its references and a heartbeat", () => {
  const { log, out, taken } = start();
  log.push(message(-0.1, 0), out);
  expect(taken()).toEqual(["refs 2018-01-03", "♥-0.1", "message"]);
});

it("a message a second past the newest heartbeat brings one, a nearer one none", () => {
  const { log, out, taken } = start();
  log.push(message(0, 0.1), out);
  log.push(message(0.999, 1.1), out);
  expect(taken().slice(2)).toEqual(["message", "message"]);
  log.push(message(1, 1.2), out);
  expect(taken()).toEqual(["♥1", "message"]);
});

it("each second the newest event time goes on by the time since it was received, so that a delayed feed keeps its own time", () => {
  const { log, out, taken } = start();
  log.push(message(-900, 0), out);
  log.tick(micros(1), out);
  log.tick(micros(2.5), out);
  expect(taken()).toEqual(["refs 2018-01-03", "♥-900", "message", "♥-899", "♥-897.5"]);
});

it("before the first message there is no time to tell", () => {
  const { log, out, taken } = start();
  log.tick(micros(1), out);
  expect(taken()).toEqual([]);
});

it("heartbeats never go back when a newer message took longer on its way", () => {
  const { log, out, taken } = start();
  log.push(message(0, 0.01), out);
  log.tick(micros(1.01), out);
  log.push(message(0.5, 1.5), out);
  log.tick(micros(1.9), out);
  expect(taken().slice(2)).toEqual(["message", "♥1", "message"]);
});

it("W8: a time more than maxAheadMs past its receipt moves nothing", () => {
  const { log, out, taken } = start();
  log.push(message(0, 0), out);
  log.push(message(5.000001, 0), out);
  log.tick(micros(1), out);
  log.push(message(6, 1), out);
  expect(taken().slice(2)).toEqual(["message", "message", "♥1", "♥6", "message"]);
});

it("W8: a message ahead of its time waits for the first heartbeat, or its time would pass", () => {
  const { log, out, taken } = start();
  log.push(message(3600, 0), out);
  expect(taken()).toEqual([]);
  log.push(message(0, 0.1), out);
  expect(taken()).toEqual(["refs 2018-01-03", "♥0", "message", "message"]);
  log.push(message(7200, 0.2), out);
  expect(taken()).toEqual(["message"]);
});

it("what waited for the first heartbeat is written at the end", () => {
  const { log, out, taken } = start();
  log.push(message(3600, 0), out);
  log.end(out);
  expect(taken()).toEqual(["message"]);
});

it("W9: a lost connection is a gap from the newest event to the stream's time when it stands again", () => {
  const { log, out, taken } = start();
  log.push(message(-0.5, 0), out);
  taken();
  log.lost(micros(10), "disconnected");
  log.lost(micros(12), "refused");
  log.connected(micros(20), out);
  expect(taken()).toEqual(["gap -0.5 19.5"]);
  log.push(message(19.6, 20.1), out);
  expect(taken()).toEqual(["♥19.6", "message"]);
});

it("a message without a time passes as it is", () => {
  const { log, out, taken } = start();
  log.push(message(null, 0), out);
  expect(taken()).toEqual(["message"]);
});
