import { expect, it } from "vitest";
import type { UnitCommand, UnitEvent } from "../../../enricher/unit/unit-protocol.ts";
import { readBack } from "../../support/read-back.ts";
import { batch, fold, folding, machine, positioned, record, records, sentTo, time, types } from "./unit-at-work.ts";

/** A snapshot is due after every five records. */
const often = { snapshots: { records: 5, ms: 1_000_000 } };

/** The partitions whose snapshots are among what is sent. */
function snapshotsIn(commands: readonly UnitCommand[]): (number | undefined)[] {
  return sentTo("state", commands)
    .filter(({ key }) => key === "#partition")
    .map(({ partition }) => partition);
}

it("D2: a snapshot that is due goes into the transaction, with what has changed and all at one offset", () => {
  const unit = folding(machine(often));
  const commands = fold(unit, batch(0, 5));
  expect(types(commands)).toEqual(["ready", "send", "send", "commit"]);
  const written = sentTo("state", commands);
  expect(written.map(({ key }) => key)).toEqual(["A", "#partition", "A@2024-07-01", "#partition@2024-07-01"]);
  for (const { value } of written) expect(JSON.parse(String(value))).toMatchObject({ offset: 5, logId: "log" });
});

it("D2: a group that begins in the middle of a log has a snapshot of each partition from its first transaction on, and one that begins with the log has none", () => {
  const firstSnapshots = (begin: number) => {
    const unit = folding(machine(), 0, begin);
    unit.handle(batch(begin, begin + 5, 0, 1));
    return snapshotsIn(fold(unit, batch(begin, begin + 5)));
  };
  expect(firstSnapshots(40)).toEqual([0, 1]);
  expect(firstSnapshots(0)).toEqual([]);
});

it("D1: what the log was let go of before it was folded is committed with the first transaction, whichever partition brings it", () => {
  const first = folding(machine(often));
  first.handle(batch(0, 5, 0, 1));
  const snapshots = sentTo("state", fold(first, batch(0, 5)));
  const positions = [0, 1].map((partition) => ({ partition, committed: 5, begin: partition === 0 ? 5 : 8 }));
  const unit = positioned(machine(), positions);
  for (const partition of [0, 1]) {
    const records = snapshots.filter((written) => written.partition === partition).map(readBack);
    unit.handle({ type: "snapshot", attempt: 0, partition, records });
  }
  expect(unit.committed).toEqual(
    new Map([
      [0, 5],
      [1, 5],
    ]),
  );
  const commit = fold(unit, batch(5, 6)).find(({ type }) => type === "commit");
  expect(commit).toMatchObject({
    positions: new Map([
      [0, 6],
      [1, 8],
    ]),
  });
});

it("D2: where the latest snapshot cannot be used, a session's own is, and the next snapshot holds every symbol again", () => {
  const first = folding(machine({ partitions: [0], ...often }));
  const written = sentTo("state", fold(first, batch(0, 5)));
  const spoilt = written.map((record) => (record.key === "#partition" ? { ...record, value: "spoilt" } : record));
  const unit = positioned(machine({ partitions: [0], ...often }), [{ partition: 0, committed: 9, begin: 3 }]);
  const read = unit.handle({ type: "snapshot", attempt: 0, partition: 0, records: spoilt.map(readBack) });
  expect(read).toMatchObject([{ type: "readRaw", fromOffset: 5, toOffset: 9 }]);
  const poison = [5, 6, 7, 8].map((offset) => record(offset, "poison"));
  const [fetch] = unit.handle({ type: "raw", attempt: 0, partition: 0, records: poison, nextOffset: 9 });
  expect(fetch).toMatchObject({ type: "fetch", snapshotFaults: new Map([[0, "unreadable"]]), losses: [] });
  const offsets = { fromOffset: 9, nextOffset: 10, beginOffset: 3 };
  const more = [record(9, "poison")];
  const next = fold(unit, { type: "batch", attempt: 0, partition: 0, records: more, ...offsets });
  expect(sentTo("state", next).map(({ key }) => key)).toContain("A");
});

it("D2: where the log was let go of behind the snapshot it goes on with what the snapshot holds, and says what is not known", () => {
  const first = folding(machine({ partitions: [0], ...often }));
  const snapshot = sentTo("state", fold(first, batch(0, 5)));
  const unit = positioned(machine({ partitions: [0] }), [{ partition: 0, committed: 9, begin: 7 }]);
  const read = unit.handle({ type: "snapshot", attempt: 0, partition: 0, records: snapshot.map(readBack) });
  expect(read).toMatchObject([{ type: "readRaw", fromOffset: 7, toOffset: 9 }]);
  const [fetch] = unit.handle({ type: "raw", attempt: 0, partition: 0, records: records(7, 9), nextOffset: 9 });
  if (fetch?.type !== "fetch") throw new Error("a fetch was expected");
  expect(fetch.losses.map(({ error }) => error.message)).toEqual([
    "The records of raw partition 0 from offset 5 to 7 are no longer kept, and the snapshot stands before them.",
  ]);
  expect(snapshotsIn(fold(unit, batch(9, 10)))).toEqual([0]);
});

it.each([
  [0, []],
  [40, [0, 1]],
])(
  "D2: with a log that begins at %s the first snapshots of a unit's partitions are due one after the other, the next ones a whole interval later, and so it stays",
  (begin, atOnce) => {
    const unit = folding(machine({ snapshots: { records: 1000, ms: 30_000 } }), 0, begin);
    const snapshotsAt = (atMs: number) => {
      time.nowMs = atMs;
      const written = [0, 1].flatMap((partition) => {
        const from = unit.received.get(partition) ?? 0;
        const commands = fold(unit, batch(from, from + 1, 0, partition));
        unit.handle({ type: "committed", attempt: 0 });
        return snapshotsIn(commands);
      });
      return written.sort();
    };
    expect(snapshotsAt(1000)).toEqual(atOnce);
    expect(snapshotsAt(14_000)).toEqual([]);
    expect(snapshotsAt(15_000)).toEqual([1]);
    expect(snapshotsAt(30_000)).toEqual([0]);
    expect(snapshotsAt(44_000)).toEqual([]);
    expect(snapshotsAt(45_000)).toEqual([1]);
    // After a pause.
    expect(snapshotsAt(200_000)).toEqual([0, 1]);
    expect(snapshotsAt(210_000)).toEqual([0]);
    expect(snapshotsAt(225_000)).toEqual([1]);
  },
);

it("D2: a session's snapshot that the raw log has passed is deleted with the next snapshot", () => {
  const unit = folding(machine({ ...often, turnRecords: 100 }));
  fold(unit, batch(0, 5));
  unit.handle({ type: "committed", attempt: 0 });
  // The 41st record is of the next session.
  const written = sentTo("state", fold(unit, { ...batch(5, 45), beginOffset: 6 } as UnitEvent));
  const keysOf = (isDeleted: boolean) =>
    written.filter(({ value }) => (value === null) === isDeleted).map(({ key }) => key);
  expect(keysOf(true)).toEqual(["A@2024-07-01", "#partition@2024-07-01"]);
  expect(keysOf(false)).toContain("#partition@2024-07-02");
});

it.each([
  ["is lost", null, "failed"],
  ["was moved by another holder while this one slept", 5, "fenced"],
])("D1: where the group's offset %s, what a snapshot shows as published is not published again", (_, now, reason) => {
  const found = sentTo("state", fold(folding(machine(often)), batch(0, 5))).map(readBack);
  const unit = machine({ partitions: [0] });
  unit.start();
  unit.handle({ type: "initialised", attempt: 0 });
  const read = (committed: number | null) =>
    unit.handle({ type: "positions", attempt: 0, positions: [{ partition: 0, committed, begin: 0 }] });
  read(null);
  expect(types(unit.handle({ type: "snapshot", attempt: 0, partition: 0, records: found }))).toEqual(["readPositions"]);
  expect(types(read(now))).toEqual(["discard"]);
  expect(unit.handle({ type: "discarded", attempt: 1 })).toMatchObject([{ type: "stopped", reason }]);
});
