import { expect, it } from "vitest";
import { UnitMachine } from "../../../enricher/unit/unit-machine.ts";
import type { UnitOptions } from "../../../enricher/unit/unit-options.ts";
import type { UnitCommand, UnitEvent, UnitFault } from "../../../enricher/unit/unit-protocol.ts";
import type { IncomingRecord, OutgoingRecord } from "../../../runtime/kafka/types.ts";
import { type SmallState, smallFold } from "../../simulation/small-fold.ts";
import { outboxRecords } from "../../support/outbox-records.ts";

let nowMs = 0;

function machine(other: Partial<UnitOptions<SmallState>> = {}): UnitMachine<SmallState> {
  nowMs = 0;
  return new UnitMachine({
    partitions: [0, 1],
    fold: smallFold,
    logId: "log",
    groupId: "enricher",
    rawTopic: "raw",
    stateTopic: "state",
    bounds: { ms: 1000, records: 100, bytes: 1_000_000 },
    snapshots: { records: 1000, ms: 1_000_000 },
    acceptsLostState: false,
    turnRecords: 10,
    clock: { nowMicros: () => nowMs * 1000 },
    ...other,
  });
}

const record = (offset: number): IncomingRecord => ({
  offset,
  key: null,
  value: Buffer.from(`A ${offset}`),
  headers: {},
  timestampMs: 0,
});
const records = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => record(from + at));
const types = (commands: readonly UnitCommand[]) => commands.map(({ type }) => type);
const failed = (attempt: number, fault: UnitFault): UnitEvent => ({
  type: "failed",
  attempt,
  fault,
  error: new Error(fault),
});

function batch(from: number, to: number, attempt = 0, partition = 0): UnitEvent {
  const offsets = { fromOffset: from, nextOffset: to, beginOffset: 0 };
  return { type: "batch", attempt, partition, records: records(from, to), ...offsets };
}

/** Takes a unit through an attempt's beginning, to where batches may come. */
function folding(unit: UnitMachine<SmallState>, attempt = 0, begin = 0): UnitMachine<SmallState> {
  const positions = [0, 1].map((partition) => ({ partition, committed: null, begin }));
  if (attempt === 0) unit.start();
  unit.handle({ type: "initialised", attempt });
  unit.handle({ type: "positions", attempt, positions });
  unit.handle({ type: "snapshot", attempt, partition: 0, records: [] });
  unit.handle({ type: "snapshot", attempt, partition: 1, records: [] });
  return unit;
}

/** Hands batches over, and gives the unit the turn that it asks for. */
function fold(unit: UnitMachine<SmallState>, event: UnitEvent, attempt = 0): UnitCommand[] {
  return [...unit.handle(event), ...unit.handle({ type: "turn", attempt })].filter(({ type }) => type !== "yield");
}

/** What is sent to a topic. */
function sentTo(topic: string, commands: readonly UnitCommand[]): OutgoingRecord[] {
  const sends = commands.filter((command) => command.type === "send");
  return sends.flatMap(({ outbox }) => outboxRecords(outbox).get(topic) ?? []);
}

/** A record as it is read back. */
function incoming({ key, value }: OutgoingRecord, offset: number): IncomingRecord {
  return { offset, key: Buffer.from(String(key)), value: Buffer.from(String(value)), headers: {}, timestampMs: 0 };
}

/** The partitions whose snapshots are among what is sent. */
function snapshotsIn(commands: readonly UnitCommand[]): (number | undefined)[] {
  return sentTo("state", commands)
    .filter(({ key }) => key === "#partition")
    .map(({ partition }) => partition);
}

it("D1: initialises, reads committed offsets, recovers, fetches, strictly in this order", () => {
  const unit = machine({ partitions: [0] });
  expect(types(unit.start())).toEqual(["initialise"]);
  expect(types(unit.handle({ type: "initialised", attempt: 0 }))).toEqual(["readPositions"]);
  const one = [{ partition: 0, committed: 5, begin: 0 }];
  expect(types(unit.handle({ type: "positions", attempt: 0, positions: one }))).toEqual(["readSnapshot"]);
  const snapshot = unit.handle({ type: "snapshot", attempt: 0, partition: 0, records: [] });
  expect(snapshot).toMatchObject([{ type: "readRaw", partition: 0, fromOffset: 0, toOffset: 5 }]);
  const raw = unit.handle({ type: "raw", attempt: 0, partition: 0, records: records(0, 4), nextOffset: 4 });
  expect(raw).toMatchObject([{ type: "readRaw", fromOffset: 4, toOffset: 5 }]);
  const rest = unit.handle({ type: "raw", attempt: 0, partition: 0, records: records(4, 5), nextOffset: 5 });
  expect(rest).toMatchObject([{ type: "fetch", positions: new Map([[0, 5]]) }]);
});

it("D1: commits when what was fetched is folded, and not before", () => {
  const unit = folding(machine());
  expect(types(unit.handle(batch(0, 15)))).toEqual(["yield"]);
  expect(types(unit.handle({ type: "turn", attempt: 0 }))).toEqual(["send", "yield"]);
  // What comes meanwhile goes into the same transaction.
  expect(unit.handle(batch(0, 3, 0, 1))).toEqual([]);
  // What is left of both partitions is sent together.
  const last = unit.handle({ type: "turn", attempt: 0 });
  expect(types(last)).toEqual(["ready", "ready", "send", "commit"]);
  const positions = new Map([
    [0, 15],
    [1, 3],
  ]);
  expect(last.at(-1)).toMatchObject({ positions });
  expect([...unit.committed.values()]).toEqual([0, 0]);
  unit.handle({ type: "committed", attempt: 0 });
  expect([...unit.committed.values()]).toEqual([15, 3]);
});

it("what was fetched together, and is handed over one partition after the other, goes into one transaction", () => {
  const unit = folding(machine());
  expect(types(unit.handle(batch(0, 2)))).toEqual(["yield"]);
  expect(unit.handle(batch(0, 3, 0, 1))).toEqual([]);
  const both = new Map([
    [0, 2],
    [1, 3],
  ]);
  const folded = unit.handle({ type: "turn", attempt: 0 });
  expect(folded).toMatchObject([
    { type: "ready" },
    { type: "ready" },
    { type: "send" },
    { type: "commit", positions: both },
  ]);
});

it.each([
  ["records", { ms: 1000, records: 4, bytes: 1_000_000 }, 4],
  ["bytes", { ms: 1000, records: 100, bytes: 10 }, 10],
  ["time", { ms: 0, records: 100, bytes: 1_000_000 }, 10],
])("a transaction is bounded by %s", (_, bounds, committed) => {
  const unit = folding(machine({ bounds }));
  expect(fold(unit, batch(0, 50))).toMatchObject([
    { type: "send" },
    { type: "commit", positions: new Map([[0, committed]]) },
  ]);
  expect(types(unit.handle({ type: "committed", attempt: 0 }))).toEqual(["send", "commit"]);
});

it("D1: after an unknown outcome it aborts, and begins anew with initialisation; nothing of the old attempt counts", () => {
  const unit = folding(machine());
  fold(unit, batch(0, 5));
  expect(unit.handle(failed(0, "unknown"))).toMatchObject([{ type: "discard", attempt: 1 }]);
  expect(unit.handle({ type: "committed", attempt: 0 })).toEqual([]);
  expect(unit.handle(batch(5, 9))).toEqual([]);
  expect(types(unit.handle({ type: "discarded", attempt: 1 }))).toEqual(["wait"]);
  expect(types(unit.handle({ type: "waited", attempt: 1 }))).toEqual(["initialise"]);
  folding(unit, 1);
  const again = fold(unit, batch(0, 1, 1), 1);
  // "count sum since": the state is that of no record folded, not of five.
  expect(again).toMatchObject([{ type: "ready" }, { type: "send", outbox: { size: 2 } }, { type: "commit" }]);
  const [, send] = again;
  if (send?.type !== "send") throw new Error("a send was expected");
  expect(outboxRecords(send.outbox).get("enriched")?.[0]?.value).toBe("1 0 1");
});

it.each(["committing", "initialising", "recovering"])(
  "D1: fenced while %s, it stops and never initialises again",
  (when) => {
    const unit = machine();
    const commands: UnitCommand[] = [];
    if (when === "committing") commands.push(...fold(folding(unit), batch(0, 5)));
    else unit.start();
    if (when === "recovering") unit.handle({ type: "initialised", attempt: 0 });
    commands.push(...unit.handle(failed(0, "fenced")), ...unit.handle({ type: "discarded", attempt: 1 }));
    commands.push(...unit.handle({ type: "waited", attempt: 1 }), ...unit.handle({ type: "revoked" }));
    expect(types(commands)).not.toContain("initialise");
    expect(commands.at(-1)).toMatchObject({ type: "stopped", reason: "fenced" });
  },
);

it("D1: revoked, it finishes the transaction under way and folds no more", () => {
  const unit = folding(machine());
  fold(unit, batch(0, 15));
  expect(unit.handle({ type: "revoked" })).toMatchObject([{ type: "commit", positions: new Map([[0, 10]]) }]);
  expect(unit.handle({ type: "turn", attempt: 0 })).toEqual([]);
  expect(types(unit.handle({ type: "committed", attempt: 0 }))).toEqual(["discard"]);
  expect(unit.handle({ type: "discarded", attempt: 1 })).toMatchObject([{ type: "stopped", reason: "revoked" }]);
});

it("a fold that throws stops the unit, and nothing of its transaction is committed", () => {
  const throwing = {
    ...smallFold,
    fold: () => {
      throw new Error("unknown calendar");
    },
  };
  const unit = folding(machine({ fold: throwing }));
  expect(types(fold(unit, batch(0, 5)))).toEqual(["discard"]);
  expect(unit.handle({ type: "discarded", attempt: 1 })).toMatchObject([{ type: "stopped", reason: "failed" }]);
});

it("records that come twice are folded once, and a hole is not passed over", () => {
  const unit = folding(machine());
  fold(unit, batch(0, 5));
  unit.handle({ type: "committed", attempt: 0 });
  const [, send] = fold(unit, batch(3, 7));
  // Offsets 5 and 6, the last with an alert.
  expect(send).toMatchObject({ type: "send", outbox: { size: 3 } });
  unit.handle({ type: "committed", attempt: 0 });
  expect(types(unit.handle(batch(9, 12)))).toEqual(["discard"]);
});

it("a batch is released when all of it is folded, and not before", () => {
  const unit = folding(machine());
  let released = 0;
  const release = () => {
    released++;
  };
  fold(unit, { ...batch(0, 15), release } as UnitEvent);
  expect(released).toBe(0);
  unit.handle({ type: "turn", attempt: 0 });
  expect(released).toBe(1);
});

it("D2: a snapshot that is due goes into the transaction, with what has changed and all at one offset", () => {
  const unit = folding(machine({ snapshots: { records: 5, ms: 1_000_000 } }));
  const commands = fold(unit, batch(0, 5));
  expect(types(commands)).toEqual(["ready", "send", "send", "commit"]);
  const [, , snapshot] = commands;
  if (snapshot?.type !== "send") throw new Error("a send was expected");
  const written = outboxRecords(snapshot.outbox).get("state") ?? [];
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
  const first = folding(machine({ snapshots: { records: 5, ms: 1_000_000 } }));
  first.handle(batch(0, 5, 0, 1));
  const snapshots = sentTo("state", fold(first, batch(0, 5)));
  const unit = machine();
  unit.start();
  unit.handle({ type: "initialised", attempt: 0 });
  const positions = [0, 1].map((partition) => ({ partition, committed: 5, begin: partition === 0 ? 5 : 8 }));
  unit.handle({ type: "positions", attempt: 0, positions });
  for (const partition of [0, 1]) {
    const records = snapshots.filter((written) => written.partition === partition).map(incoming);
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
  const first = folding(machine({ partitions: [0], snapshots: { records: 5, ms: 1_000_000 } }));
  const written = sentTo("state", fold(first, batch(0, 5)));
  const spoilt = written.map((record) => (record.key === "#partition" ? { ...record, value: "spoilt" } : record));
  const unit = machine({ partitions: [0], snapshots: { records: 5, ms: 1_000_000 } });
  unit.start();
  unit.handle({ type: "initialised", attempt: 0 });
  unit.handle({ type: "positions", attempt: 0, positions: [{ partition: 0, committed: 9, begin: 3 }] });
  const read = unit.handle({ type: "snapshot", attempt: 0, partition: 0, records: spoilt.map(incoming) });
  expect(read).toMatchObject([{ type: "readRaw", fromOffset: 5, toOffset: 9 }]);
  const ticks = [5, 6, 7, 8].map((offset) => ({ ...record(offset), value: Buffer.from("poison") }));
  const [fetch] = unit.handle({ type: "raw", attempt: 0, partition: 0, records: ticks, nextOffset: 9 });
  expect(fetch).toMatchObject({ type: "fetch", snapshotFaults: new Map([[0, "unreadable"]]), losses: [] });
  const poison = { ...record(9), value: Buffer.from("poison") };
  const offsets = { fromOffset: 9, nextOffset: 10, beginOffset: 3 };
  const next = fold(unit, { type: "batch", attempt: 0, partition: 0, records: [poison], ...offsets });
  expect(sentTo("state", next).map(({ key }) => key)).toContain("A");
});

it("D2: where the log was let go of behind the snapshot it goes on with what the snapshot holds, and says what is not known", () => {
  const first = folding(machine({ partitions: [0], snapshots: { records: 5, ms: 1_000_000 } }));
  const snapshot = sentTo("state", fold(first, batch(0, 5)));
  const unit = machine({ partitions: [0] });
  unit.start();
  unit.handle({ type: "initialised", attempt: 0 });
  unit.handle({ type: "positions", attempt: 0, positions: [{ partition: 0, committed: 9, begin: 7 }] });
  const read = unit.handle({ type: "snapshot", attempt: 0, partition: 0, records: snapshot.map(incoming) });
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
      nowMs = atMs;
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
  const unit = folding(machine({ snapshots: { records: 5, ms: 1_000_000 }, turnRecords: 100 }));
  fold(unit, batch(0, 5));
  unit.handle({ type: "committed", attempt: 0 });
  // The 41st record is of the next session.
  const [, , later] = fold(unit, { ...batch(5, 45), beginOffset: 6 } as UnitEvent);
  if (later?.type !== "send") throw new Error("a send was expected");
  const written = outboxRecords(later.outbox).get("state") ?? [];
  const keysOf = (isDeleted: boolean) =>
    written.filter(({ value }) => (value === null) === isDeleted).map(({ key }) => key);
  expect(keysOf(true)).toEqual(["A@2024-07-01", "#partition@2024-07-01"]);
  expect(keysOf(false)).toContain("#partition@2024-07-02");
});

it.each([
  ["is lost", null, "failed"],
  ["was moved by another holder while this one slept", 5, "fenced"],
])("D1: where the group's offset %s, what a snapshot shows as published is not published again", (_, now, reason) => {
  const written = fold(folding(machine({ snapshots: { records: 5, ms: 1_000_000 } })), batch(0, 5));
  const snapshot = written[2];
  if (snapshot?.type !== "send") throw new Error("a send was expected");
  const found = (outboxRecords(snapshot.outbox).get("state") ?? []).map(({ key, value }, offset) => ({
    ...record(offset),
    key: Buffer.from(String(key)),
    value: Buffer.from(String(value)),
  }));
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
