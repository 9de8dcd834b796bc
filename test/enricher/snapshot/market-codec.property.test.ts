import fc from "fast-check";
import { expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { topicConfigs, topicNames } from "../../../domain/topics.ts";
import { keptTradesMax } from "../../../enricher/operators/kept-trades.ts";
import type { PartitionState } from "../../../enricher/operators/state.ts";
import { SnapshotReader } from "../../../enricher/snapshot/snapshot-reader.ts";
import { SnapshotIndex, snapshotRecords } from "../../../enricher/snapshot/snapshot-records.ts";
import { marketFold } from "../../../enricher/unit/market-fold.ts";
import { Outbox } from "../../../enricher/unit/outbox.ts";
import type { FoldSink } from "../../../enricher/unit/partition-fold.ts";
import type { IncomingRecord, OutgoingRecord } from "../../../runtime/kafka/types.ts";
import { outboxRecords } from "../../support/outbox-records.ts";
import { anyStream, textOf } from "../../support/random-stream.ts";
import { heartbeatText, quoteText, referenceText, settingsText, tradeText } from "../../support/raw-log.ts";
import { readBack } from "../../support/read-back.ts";

const fold = marketFold({ calendar: nyse, topics: topicNames(""), logId: "log" });
const { codec } = fold;
/** Short windows and a short grace, so that much is closed and forgotten between snapshots. */
const beginning = [settingsText({ intervals: ["10s", "1m"], graceMs: 5000 }), referenceText("2018-01-03", { S: "a" })];

const record = (offset: number, value: string, key: string | null = null) => readBack({ key, value }, offset);

const stateLog = (records: readonly OutgoingRecord[]) => records.map(readBack);

/** The state with its groups' symbols in one order: they are sorted only when they are needed. */
function normal(state: PartitionState) {
  const groups = (from: PartitionState["due"]) =>
    from
      .map((group) => ({ ...group, symbols: group.symbols.map(({ symbol }) => symbol).sort() }))
      .filter(({ symbols }) => symbols.length > 0);
  return { ...state, due: groups(state.due), graced: groups(state.graced) };
}

it("D2: recovery at any snapshot of what has changed, and the records after it, equals never having stopped", () => {
  fc.assert(
    fc.property(anyStream, fc.array(fc.nat(20), { minLength: 1, maxLength: 8 }), (events, gaps) => {
      const log = [...beginning, ...events.map(textOf)].map((text, offset) => record(offset, text));
      const snapshotsAt = new Set(gaps.map((_, at) => gaps.slice(0, at + 1).reduce((sum, gap) => sum + gap, at)));
      const live = fold.initial();
      const sink: FoldSink = { touched: new Set(), outbox: new Outbox(0) };
      const index = new SnapshotIndex();
      const written: OutgoingRecord[] = [];
      for (const [at, raw] of log.entries()) {
        fold.fold(live, 0, raw, sink);
        if (!snapshotsAt.has(at)) continue;
        const target = { partition: 0, logId: "log", offset: at + 1, index, suffix: "" };
        written.push(...snapshotRecords(codec, live, sink.touched, target));
        sink.touched.clear();

        const reader = new SnapshotReader(codec, "log");
        reader.take(stateLog(written));
        const restored = reader.restore(at + 1);
        if (typeof restored === "string") throw new Error(restored);
        expect(restored.offset).toBe(at + 1);
        expect(normal(restored.state)).toEqual(normal(live));
        expect(outputsOf(restored.state, log.slice(at + 1))).toEqual(
          outputsOf(structuredClone(live), log.slice(at + 1)),
        );
      }
    }),
    { numRuns: 150, interruptAfterTimeLimit: 30_000 },
  );
});

it("D2: a snapshot of version 1, whose windows have their start as text too, gives the same state", () => {
  const live = fold.initial();
  const sink: FoldSink = { touched: new Set(), outbox: null };
  const log = [...beginning, quoteText({ S: "a" }), heartbeatText("15:00:12"), quoteText({ S: "b" })];
  for (const [offset, text] of log.entries()) fold.fold(live, 0, record(offset, text), sink);
  const target = { partition: 0, logId: "log", offset: log.length, index: new SnapshotIndex(), suffix: "" };
  const ofVersion1 = snapshotRecords(codec, live, sink.touched, target).map((written) => {
    const { version, ...rest } = JSON.parse(String(written.value));
    expect(version).toBe(2);
    for (const window of rest.state.windows ?? []) window.startText = new Date(window.startMicros / 1000).toISOString();
    return { ...written, value: JSON.stringify({ version: 1, ...rest }) };
  });
  expect(String(ofVersion1[0]?.value)).toContain('"startText":"2018-01-03T15:00:00');
  const reader = new SnapshotReader(codec, "log");
  reader.take(stateLog(ofVersion1));
  const restored = reader.restore(log.length);
  expect(typeof restored === "string" ? restored : normal(restored.state)).toEqual(normal(live));
});

function outputsOf(state: PartitionState, log: readonly IncomingRecord[]) {
  const outbox = new Outbox(0);
  for (const raw of log) fold.fold(state, 0, raw, { touched: new Set(), outbox });
  return [...outboxRecords(outbox)];
}

it("D2: a snapshot that lacks a record, or has an older one, is not used", () => {
  const live = fold.initial();
  const sink: FoldSink = { touched: new Set(), outbox: null };
  const index = new SnapshotIndex();
  const target = { partition: 0, logId: "log", index, suffix: "" };
  for (const symbol of ["A", "B"]) fold.fold(live, 0, record(0, referenceText("2018-01-03", { S: symbol })), sink);
  const first = snapshotRecords(codec, live, sink.touched, { ...target, offset: 2 });
  fold.fold(live, 0, record(2, referenceText("2018-01-03", { S: "B", previousClose: 90 })), sink);
  const second = snapshotRecords(codec, live, ["B"], { ...target, offset: 3 });
  const restore = (records: readonly OutgoingRecord[], committed: number | null = 3) => {
    const reader = new SnapshotReader(codec, "log");
    reader.take(stateLog(records));
    const restored = reader.restore(committed);
    return typeof restored === "string" ? restored : restored.offset;
  };
  expect(restore([...first, ...second])).toBe(3);
  expect(restore([...first, ...second.filter(({ key }) => key !== "B")])).toBe("incomplete");
  expect(restore(second)).toBe("incomplete");
  expect(restore([...first, ...second], 2)).toBe("pastCommitted");
  expect(restore([...first, ...second], null)).toBe("pastCommitted");
  expect(restore([])).toBe("none");
});

it("D2: keys with @ are not of the latest snapshot, and tell which sessions have a snapshot", () => {
  const live = fold.initial();
  const index = new SnapshotIndex();
  const records = snapshotRecords(codec, live, [], {
    partition: 0,
    logId: "log",
    offset: 7,
    index,
    suffix: "@2018-01-03",
  });
  const reader = new SnapshotReader(codec, "log");
  reader.take(stateLog(records));
  expect(reader.restore(7)).toBe("none");
  expect(reader.sessions()).toEqual([{ date: "2018-01-03", offset: 7, keys: ["#partition@2018-01-03"] }]);
});

it.each([
  ["another schema version", { version: codec.schemaVersion + 1, logId: "log", offset: 1 }],
  ["another raw log", { version: codec.schemaVersion, logId: "other", offset: 1 }],
])("D2: a snapshot of %s is not used", (_, envelope) => {
  const reader = new SnapshotReader(codec, "log");
  reader.take([record(0, JSON.stringify({ ...envelope, sum: { symbols: 0, offsets: 0 }, state: {} }), "#partition")]);
  expect(reader.restore(1)).toBe("unreadable");
});

it("D2, W7: the snapshot of a symbol fits into a record of the state topic, though all the trades that are kept are as long as they may be", () => {
  const state = fold.initial();
  const sink: FoldSink = { touched: new Set(), outbox: null };
  const trade = {
    S: "X".repeat(64),
    i: "i".repeat(32),
    x: "x".repeat(32),
    p: 9_999_999.999999,
    s: 9_007_199_254_740_991,
  };
  const text = tradeText("2018-01-03T15:00:00.123456789Z", { ...trade, c: ["I"] });
  for (let offset = 0; offset < keptTradesMax; offset++) fold.fold(state, 0, record(offset, text), sink);
  expect(state.symbols.get(trade.S)?.trades).toHaveLength(keptTradesMax);
  const target = {
    partition: 0,
    logId: "l".repeat(22),
    offset: 9_007_199_254_740_991,
    index: new SnapshotIndex(),
    suffix: "",
  };
  const lengths = snapshotRecords(codec, state, sink.touched, target).map(({ value }) =>
    Buffer.byteLength(value ?? ""),
  );
  const { configs } = topicConfigs(topicNames("")).find(({ topic }) => topic === topicNames("").state) ?? {};
  const limit = Number(configs?.["max.message.bytes"]);
  expect(Math.max(...lengths)).toBeGreaterThan(limit / 2);
  expect(Math.max(...lengths)).toBeLessThan(limit - 1000);
});
