import type { Random } from "../../local/simulator/random.ts";

/** How likely what goes wrong is in one history. Each history leaves some faults out, so that the others are seen alone too. */
export interface FaultPlan {
  /** Of a request: its answer is lost, it comes late, it never comes. */
  readonly lostAnswer: number;
  readonly lateRequest: number;
  readonly lostRequest: number;
  /** Of a commit: it completes slowly. */
  readonly slowCommit: number;
  /** Of an end: the broker is stopped while it is written. */
  readonly loseMarkers: number;
  /** No fault: of a commit, that the next transaction is opened ahead of its records. */
  readonly openAhead: number;
  /** Of a fetch: it repeats records. */
  readonly repeatedFetch: number;
  /** At each of the moments when something may happen to an instance, the state topic or the group. */
  readonly crash: number;
  readonly pause: number;
  readonly join: number;
  readonly leave: number;
  readonly rebalance: number;
  readonly loseSnapshots: number;
  readonly spoilSnapshot: number;
  readonly compact: number;
  readonly endOldTransactions: number;
  /** The raw log is let go of up to what a snapshot holds. */
  readonly letGo: number;
}

export function randomFaultPlan(random: Random): FaultPlan {
  const upTo = (most: number) => (random.chance(0.4) ? 0 : random.uniform() * most);
  const letGo = upTo(0.6);
  // Where both the log and its snapshots go, little is left to recover from.
  const harm = letGo > 0 && random.chance(0.7) ? 0 : 0.1;
  return {
    lostAnswer: upTo(0.08),
    lateRequest: upTo(0.08),
    lostRequest: upTo(0.05),
    slowCommit: upTo(0.5),
    loseMarkers: upTo(0.1),
    openAhead: upTo(1),
    repeatedFetch: upTo(0.3),
    crash: upTo(0.2),
    pause: upTo(0.4),
    join: upTo(0.2),
    leave: upTo(0.15),
    rebalance: upTo(0.3),
    loseSnapshots: upTo(harm),
    spoilSnapshot: upTo(harm),
    compact: upTo(0.2),
    endOldTransactions: upTo(0.3),
    letGo,
  };
}
