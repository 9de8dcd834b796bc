import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import type { LogEntry, StreamMessage } from "../../domain/raw-log/entries.ts";
import { RecordedLog } from "../../domain/raw-log/recorded-log.ts";
import { defaultSettings } from "../../domain/settings.ts";
import { parseEventTime } from "../../domain/time/event-time.ts";

interface Named extends StreamMessage {
  readonly name: string;
}

const settings = defaultSettings(nyse.version);
const message = (name: string, time: string | null, symbol: string | null = "XXX"): Named => ({
  kind: "message",
  name,
  symbol,
  time: time === null ? null : parseEventTime(time.includes("T") ? time : `2018-01-03T15:00:${time}Z`),
});

/** The log in short: `♥15:00:01` for a heartbeat, `refs 2018-01-03 XXX`, and the names of messages. */
function texts(entries: readonly LogEntry<Named>[]): string[] {
  return entries.map((entry) => {
    if (entry.kind === "message") return entry.name;
    if (entry.kind === "references") return `refs ${entry.sessionDate} ${entry.symbols.join("+")}`;
    const value = JSON.parse(entry.value) as Record<string, string>;
    if (entry.type === "heartbeat") return `♥${value["t"]?.replace("2018-01-03T15:", "").replace("Z", "")}`;
    if (entry.type === "gap")
      return `gap ${value["from"]?.slice(17, -1)} ${value["to"]?.slice(17, -1)} ${value["reason"]}`;
    return entry.type;
  });
}

function run(messages: readonly Named[], symbols: readonly string[] = ["XXX"], withEnd = false): string[] {
  const out: LogEntry<Named>[] = [];
  const log = new RecordedLog<Named>(settings, nyse, symbols);
  log.begin(out);
  for (const one of messages) log.push(one, out);
  if (withEnd) log.end(out);
  return texts(out).slice(1);
}

it("the settings are the first record of all, as they stand on the wire", () => {
  const out: LogEntry<Named>[] = [];
  new RecordedLog<Named>(settings, nyse, ["XXX"]).begin(out);
  expect(out).toEqual([{ kind: "control", type: "settings", symbol: null, value: JSON.stringify(settings) }]);
});

it("C4: before a message stand its session's references, then the heartbeat", () => {
  expect(run([message("a", "01.5"), message("b", "01.7"), message("c", "03")], ["YYY", "XXX"])).toEqual([
    "refs 2018-01-03 XXX+YYY",
    "♥00:01",
    "a",
    "b",
    "♥00:03",
    "c",
  ]);
});

it("C4: a new session brings its references before its first message", () => {
  const night = message("b", "2018-01-04T01:00:00Z");
  expect(run([message("a", "2018-01-04T00:59:59Z"), night, message("c", "2018-01-04T01:00:00.5Z")])).toEqual([
    "refs 2018-01-03 XXX",
    "♥2018-01-04T00:59:59",
    "a",
    "refs 2018-01-04 XXX",
    "♥2018-01-04T01:00:00",
    "b",
    "c",
  ]);
});

it("C4: a symbol that nobody named has its reference before its own first message, and is known from then on", () => {
  const symbols = ["XXX"];
  const next = message("c", "2018-01-04T15:00:00Z");
  expect(run([message("a", "01"), message("b", "01", "NEW"), message("b2", "01", "NEW"), next, next], symbols)).toEqual(
    [
      "refs 2018-01-03 XXX",
      "♥00:01",
      "a",
      "refs 2018-01-03 NEW",
      "b",
      "b2",
      "refs 2018-01-04 NEW+XXX",
      "♥2018-01-04T15:00:00",
      "c",
      "c",
    ],
  );
});

it("C4: with `*` each symbol brings its own reference", () => {
  expect(run([message("a", "01"), message("b", "01", "YYY")], ["*"])).toEqual([
    "♥00:01",
    "refs 2018-01-03 XXX",
    "a",
    "refs 2018-01-03 YYY",
    "b",
  ]);
});

it("a time below the newest brings no heartbeat", () => {
  expect(run([message("a", "05"), message("b", "03"), message("c", "05.9")]).slice(1)).toEqual([
    "♥00:03",
    "♥00:05",
    "a",
    "b",
    "c",
  ]);
});

it("a jump of maxAheadMs counts at once; a longer one waits until the next message confirms it", () => {
  const out: LogEntry<Named>[] = [];
  const log = new RecordedLog<Named>(settings, nyse, ["XXX"]);
  for (const one of [message("a", "01"), message("b", "01"), message("c", "06"), message("d", "11.000000001")]) {
    log.push(one, out);
  }
  expect(texts(out).slice(1)).toEqual(["♥00:01", "a", "b", "♥00:06", "c"]);
  log.push(message("e", "06.000000001"), out);
  expect(texts(out).slice(6)).toEqual(["♥00:11", "d", "e"]);
});

it("a jump that the next message does not confirm brings neither heartbeat nor references", () => {
  const far = message("far", "2018-01-09T15:00:00Z", "ODD");
  expect(run([message("a", "01"), message("b", "01"), far, message("c", "02")]).slice(1)).toEqual([
    "♥00:01",
    "a",
    "b",
    "far",
    "♥00:02",
    "c",
  ]);
});

it("messages without a readable time keep their place, and confirm nothing", () => {
  const given = [message("x", null), message("a", "01"), message("y", null, null), message("b", "01")];
  expect(run([...given, message("far", "30"), message("z", null), message("c", "02")])).toEqual([
    "x",
    "refs 2018-01-03 XXX",
    "♥00:01",
    "a",
    "y",
    "b",
    "far",
    "z",
    "♥00:02",
    "c",
  ]);
});

it("a first message ahead of its time does not count: the earlier of the first two does", () => {
  expect(run([message("far", "2018-01-09T15:00:00Z"), message("a", "01"), message("b", "01")])).toEqual([
    "refs 2018-01-03 XXX",
    "♥00:01",
    "far",
    "a",
    "b",
  ]);
});

it("the last message counts in the session of the one before, and not in another", () => {
  expect(run([message("a", "01"), message("b", "01"), message("last", "59")], ["XXX"], true).slice(3)).toEqual([
    "b",
    "♥00:59",
    "last",
    "♥06:00",
  ]);
  const far = message("far", "2018-01-09T15:00:00Z");
  expect(run([message("a", "01"), message("b", "01"), far], ["XXX"], true).slice(3)).toEqual(["b", "far", "♥05:02"]);
});

it("a single message counts; its end is the longest interval and maxOutOfOrderMs later, in whole seconds", () => {
  expect(run([message("a", "01")], ["XXX"], true).slice(1)).toEqual(["♥00:01", "a", "♥05:02"]);
  expect(run([message("a", "01.000000001")], ["XXX"], true).slice(1)).toEqual(["♥00:01", "a", "♥05:03"]);
});

it("a recording with no time at all has no heartbeat", () => {
  expect(run([], ["XXX"], true)).toEqual([]);
  expect(run([message("x", null)], ["XXX"], true)).toEqual(["x"]);
});

it("a time outside the calendar has a heartbeat but no references", () => {
  const old = message("old", "2005-01-03T15:00:00Z");
  expect(run([old, old])).toEqual(["♥2005-01-03T15:00:00", "old", "old"]);
});

it("W9: a lost connection is a gap before the next message that counts, and before the heartbeat that closes the windows it touches", () => {
  const out: LogEntry<Named>[] = [];
  const log = new RecordedLog<Named>(settings, nyse, ["XXX"]);
  for (const one of [message("a", "01"), message("b", "01.5")]) log.push(one, out);
  log.lost(0, "disconnected");
  log.push(message("c", "04"), out);
  expect(texts(out).slice(4)).toEqual(["gap 01.5 04 disconnected", "♥00:04", "c"]);
});

it("W9: a gap stands before the references of a new session, and before the first heartbeat of all", () => {
  const out: LogEntry<Named>[] = [];
  const log = new RecordedLog<Named>(settings, nyse, ["XXX"]);
  log.lost(0, "refused");
  for (const one of [message("a", "01"), message("b", "01.5")]) log.push(one, out);
  expect(texts(out)).toEqual(["gap 01 01 refused", "refs 2018-01-03 XXX", "♥00:01", "a", "b"]);
  log.lost(0, "disconnected");
  const next = message("c", "2018-01-04T15:00:00Z");
  for (const one of [next, next]) log.push(one, out);
  expect(texts(out).slice(5)).toEqual([
    "gap 01.5 00 disconnected",
    "refs 2018-01-04 XXX",
    "♥2018-01-04T15:00:00",
    "c",
    "c",
  ]);
});

it("W9: a gap at the end of a recording stands before the heartbeat that closes everything", () => {
  const out: LogEntry<Named>[] = [];
  const log = new RecordedLog<Named>(settings, nyse, ["XXX"]);
  for (const one of [message("a", "01"), message("b", "01.5")]) log.push(one, out);
  log.lost(0, "disconnected");
  log.end(out);
  expect(texts(out).slice(4)).toEqual(["gap 01.5 01.5 disconnected", "♥05:03"]);
});
