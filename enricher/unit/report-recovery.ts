import type { Log } from "../../runtime/log/log.ts";
import type { Metrics } from "../../runtime/metrics/metrics.ts";
import type { UnitCommand } from "./unit-protocol.ts";

/** Whose recovery it was, and where it is told. */
export interface RecoveredUnit {
  readonly unit: number;
  readonly partitions: readonly number[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Tells what a unit goes on from, and without what. */
export function reportRecovery(
  { snapshotFaults, losses, replayed }: Extract<UnitCommand, { type: "fetch" }>,
  { unit, partitions, log, metrics }: RecoveredUnit,
): void {
  metrics.add("recoveries");
  metrics.add("replayed", replayed);
  for (const [partition, fault] of snapshotFaults) {
    if (fault !== "none")
      log.warn("the latest snapshot cannot be used: more of the raw log was folded again", { partition, fault });
  }
  for (const { error, isWhole } of losses) {
    // What was accepted needs no remedy any more.
    log.error("going on without what is lost", { unit, error: isWhole ? error.message : error.line });
  }
  log.info("folding", { unit, partitions: partitions.join(","), replayed });
}
