import { expect, it } from "vitest";
import type { UnitCommand, UnitEvent, UnitFault } from "../../../enricher/unit/unit-protocol.ts";
import { smallFold } from "../../simulation/small-fold.ts";
import { outboxRecords } from "../../support/outbox-records.ts";
import { batch, fold, folding, machine, record, records, sentTo, types } from "./unit-at-work.ts";

const failed = (attempt: number, fault: UnitFault): UnitEvent => ({
  type: "failed",
  attempt,
  fault,
  error: new Error(fault),
});

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

it("records are made as they are folded, and those that came before are passed over", () => {
  const unit = folding(machine());
  const made: number[] = [];
  const one = (from: number, to: number): UnitEvent => {
    const each = function* () {
      for (const record of records(from, to)) {
        made.push(record.offset);
        yield record;
      }
    };
    const offsets = { fromOffset: from, nextOffset: to + 2, beginOffset: 0 };
    return { type: "batch", attempt: 0, partition: 0, ...offsets, records: { [Symbol.iterator]: each } };
  };
  unit.handle(one(0, 15));
  expect(made).toEqual([0]);
  unit.handle({ type: "turn", attempt: 0 });
  // The one behind those that are folded tells where it goes on.
  expect(made).toHaveLength(11);
  expect(unit.handle({ type: "turn", attempt: 0 }).at(-1)).toMatchObject({ positions: new Map([[0, 17]]) });
  unit.handle({ type: "committed", attempt: 0 });
  made.length = 0;
  // Of these, what has been folded before is not folded again; the rest may be nothing but markers.
  for (const [from, to, next] of [
    [14, 19, 21],
    [21, 21, 23],
  ] as const) {
    const folded = fold(unit, one(from, to));
    expect(sentTo("enriched", folded).length).toBe(Math.max(0, to - Math.max(from, 17)));
    expect(folded.at(-1)).toMatchObject({ positions: new Map([[0, next]]) });
    unit.handle({ type: "committed", attempt: 0 });
  }
  expect(made).toEqual([14, 15, 16, 17, 18]);
});

it.each([0, 1])("a record that cannot be read, after %i that can, ends the unit with its fault", (readable) => {
  const unit = folding(machine());
  const unread = new Error("compressed by what nobody knows");
  const records = function* () {
    for (let offset = 0; offset < readable; offset++) yield record(offset);
    throw unread;
  };
  const offsets = { fromOffset: 0, nextOffset: 5, beginOffset: 0 };
  const each = { [Symbol.iterator]: records };
  const commands = fold(unit, { type: "batch", attempt: 0, partition: 0, ...offsets, records: each });
  expect(types(commands)).toEqual(["discard"]);
  expect(unit.handle({ type: "discarded", attempt: 1 })).toMatchObject([{ type: "stopped", error: unread }]);
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
