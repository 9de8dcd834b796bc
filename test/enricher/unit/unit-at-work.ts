import { UnitMachine } from "../../../enricher/unit/unit-machine.ts";
import type { UnitOptions } from "../../../enricher/unit/unit-options.ts";
import type { CommittedPosition, UnitCommand, UnitEvent } from "../../../enricher/unit/unit-protocol.ts";
import type { IncomingRecord, OutgoingRecord } from "../../../runtime/kafka/types.ts";
import { type SmallState, smallFold } from "../../simulation/small-fold.ts";
import { outboxRecords } from "../../support/outbox-records.ts";

/** Time, as the machine that was made last sees it. */
export const time = { nowMs: 0 };

/** The runner of two partitions. Its time begins at 0. */
export function machine(other: Partial<UnitOptions<SmallState>> = {}): UnitMachine<SmallState> {
  time.nowMs = 0;
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
    clock: { nowMicros: () => time.nowMs * 1000 },
    ...other,
  });
}

export function record(offset: number, text = `A ${offset}`): IncomingRecord {
  return { offset, key: null, value: Buffer.from(text), headers: {}, timestampMs: 0 };
}

export const records = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => record(from + at));

export const types = (commands: readonly UnitCommand[]) => commands.map(({ type }) => type);

export function batch(from: number, to: number, attempt = 0, partition = 0): UnitEvent {
  const offsets = { fromOffset: from, nextOffset: to, beginOffset: 0 };
  return { type: "batch", attempt, partition, records: records(from, to), ...offsets };
}

/** Takes a unit through an attempt's beginning, to where it reads its first snapshot. */
export function positioned(
  unit: UnitMachine<SmallState>,
  positions: readonly CommittedPosition[],
  attempt = 0,
): UnitMachine<SmallState> {
  if (attempt === 0) unit.start();
  unit.handle({ type: "initialised", attempt });
  unit.handle({ type: "positions", attempt, positions });
  return unit;
}

/** Takes a unit with nothing committed to where batches may come. */
export function folding(unit: UnitMachine<SmallState>, attempt = 0, begin = 0): UnitMachine<SmallState> {
  const positions = [0, 1].map((partition) => ({ partition, committed: null, begin }));
  positioned(unit, positions, attempt);
  for (const partition of [0, 1]) unit.handle({ type: "snapshot", attempt, partition, records: [] });
  return unit;
}

/** Hands batches over, and gives the unit the turn that it asks for. */
export function fold(unit: UnitMachine<SmallState>, event: UnitEvent, attempt = 0): UnitCommand[] {
  return [...unit.handle(event), ...unit.handle({ type: "turn", attempt })].filter(({ type }) => type !== "yield");
}

/** What is sent to a topic. */
export function sentTo(topic: string, commands: readonly UnitCommand[]): OutgoingRecord[] {
  const sends = commands.filter((command) => command.type === "send");
  return sends.flatMap(({ outbox }) => outboxRecords(outbox).get(topic) ?? []);
}
