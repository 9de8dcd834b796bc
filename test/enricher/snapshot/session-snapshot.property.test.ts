import fc from "fast-check";
import { expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { topicNames } from "../../../domain/topics.ts";
import type { PartitionState } from "../../../enricher/operators/state.ts";
import { SnapshotReader } from "../../../enricher/snapshot/snapshot-reader.ts";
import { SnapshotIndex, snapshotRecords } from "../../../enricher/snapshot/snapshot-records.ts";
import { marketFold } from "../../../enricher/unit/market-fold.ts";
import { Outbox } from "../../../enricher/unit/outbox.ts";
import type { IncomingRecord, OutgoingRecord } from "../../../runtime/kafka/types.ts";
import { outboxRecords } from "../../support/outbox-records.ts";
import { anyStream, textOf } from "../../support/random-stream.ts";
import { referenceText, settingsText } from "../../support/raw-log.ts";
import { readBack } from "../../support/read-back.ts";

const fold = marketFold({ calendar: nyse, topics: topicNames(""), logId: "log" });
const { codec } = fold;
const beginning = [settingsText({ intervals: ["10s", "1m"], graceMs: 5000 }), referenceText("2018-01-03", { S: "a" })];

const raw = (offset: number, value: string, key: string | null = null) => readBack({ key, value }, offset);

function readerOf(records: readonly OutgoingRecord[], logId = "log"): SnapshotReader<PartitionState> {
  const reader = new SnapshotReader(codec, logId);
  reader.take(records.map(readBack));
  return reader;
}

/** What a session's own snapshot is: every symbol, with a sum of its own. */
function sessionRecords(state: PartitionState, offset: number, date: string): OutgoingRecord[] {
  const target = { partition: 0, logId: "log", offset, index: new SnapshotIndex(), suffix: `@${date}` };
  return snapshotRecords(codec, state, codec.symbols(state), target);
}

function outputsOf(state: PartitionState, log: readonly IncomingRecord[]) {
  const outbox = new Outbox(0);
  for (const record of log) fold.fold(state, 0, record, { touched: new Set(), outbox });
  return [...outboxRecords(outbox)];
}

it("D2: the raw log folded again from a session snapshot gives what the fold from its beginning gives", () => {
  fc.assert(
    fc.property(anyStream, fc.nat(60), (events, place) => {
      const log = [...beginning, ...events.map(textOf)].map((text, offset) => raw(offset, text));
      const at = Math.min(place, log.length);
      const live = fold.initial();
      outputsOf(live, log.slice(0, at));
      const restored = readerOf(sessionRecords(live, at, "2018-01-03")).restoreSession("earliest", 1, log.length);
      if (at === 0) {
        expect(restored).toBeNull();
        return;
      }
      expect(restored).toMatchObject({ offset: at, date: "2018-01-03" });
      expect(restored && outputsOf(restored.state, log.slice(at))).toEqual(outputsOf(live, log.slice(at)));
    }),
    { numRuns: 100, interruptAfterTimeLimit: 20_000 },
  );
});

/** Snapshots of three sessions at 10, 20 and 30, of the symbols A and B, with the latest among them. */
function threeSessions(): OutgoingRecord[] {
  const live = fold.initial();
  for (const symbol of ["A", "B"]) outputsOf(live, [raw(0, referenceText("2018-01-03", { S: symbol }))]);
  const latest = { partition: 0, logId: "log", offset: 30, index: new SnapshotIndex(), suffix: "" };
  return [
    ...sessionRecords(live, 10, "2018-01-03"),
    ...sessionRecords(live, 20, "2018-01-04"),
    ...snapshotRecords(codec, live, ["A", "B"], latest),
    ...sessionRecords(live, 30, "2018-01-05"),
  ];
}

it.each([
  { begin: 1, end: 40, earliest: 10, latest: 30 },
  { begin: 10, end: 29, earliest: 10, latest: 20 },
  { begin: 11, end: 40, earliest: 20, latest: 30 },
  { begin: 21, end: 30, earliest: 30, latest: 30 },
  { begin: 21, end: 29, earliest: null, latest: null },
  { begin: 31, end: 40, earliest: null, latest: null },
])(
  "D2: of the session snapshots in $begin to $end the earliest is at $earliest, the latest at $latest",
  ({ begin, end, ...expected }) => {
    const reader = readerOf(threeSessions());
    const at = (which: "earliest" | "latest") => reader.restoreSession(which, begin, end)?.offset ?? null;
    expect({ earliest: at("earliest"), latest: at("latest") }).toEqual(expected);
  },
);

it("D2: a session snapshot that is not whole is passed over for the next", () => {
  const records = threeSessions();
  const without = (key: string) =>
    readerOf(records.filter((record) => record.key !== key)).restoreSession("earliest", 1, 40);
  expect(without("A@2018-01-03")?.date).toBe("2018-01-04");
  expect(without("#partition@2018-01-03")?.date).toBe("2018-01-04");
  const older = records.filter(({ key }) => key === "A@2018-01-03");
  const replaced = records.map((record) => (record.key === "A@2018-01-04" ? null : record)).filter((r) => r !== null);
  const stale = older.map((record) => ({ ...record, key: "A@2018-01-04" }));
  expect(readerOf([...replaced, ...stale]).restoreSession("earliest", 11, 40)?.date).toBe("2018-01-05");
  expect(readerOf(records, "another").restoreSession("earliest", 1, 40)).toBeNull();
});

it("D2: a symbol left by an earlier try of a session's snapshot is not taken into it", () => {
  const [first] = threeSessions();
  if (first === undefined) throw new Error("no record");
  const stray = { ...first, key: "C@2018-01-04" };
  const restored = readerOf([...threeSessions(), stray]).restoreSession("earliest", 11, 40);
  expect(restored?.offset).toBe(20);
  expect([...(restored?.state.symbols.keys() ?? [])]).toEqual(["A", "B"]);
});
