import { setTimeout as delay } from "node:timers/promises";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type { TopicPosition } from "../../runtime/kafka/types.ts";

export interface FoldedOptions {
  readonly admin: KafkaAdmin;
  readonly groupId: string;
  readonly raw: string;
  /** Given up only when no offset of the group has moved for so long: how long all of it takes depends on the machine. */
  readonly stalledMsMax: number;
  /** Told every few seconds how many raw records are left. */
  readonly onProgress: (left: number) => void;
}

const lookEveryMs = 200;
const reportEveryMs = 5000;

/** Waits until the group has committed the raw log's end as it is now. Resolves with how many offsets are left: 0, or more where nothing moved any more. */
export async function untilFolded(options: FoldedOptions): Promise<number> {
  const { admin, groupId, raw, stalledMsMax, onProgress } = options;
  const ends = await admin.endOffsets(raw, { readCommitted: true });
  let least = Number.POSITIVE_INFINITY;
  let movedAtMs = performance.now();
  let reportedAtMs = movedAtMs;
  for (;;) {
    // While the broker or the group is being restarted there may be no answer.
    const committed = await admin.committedOffsets(groupId, raw).catch(() => null);
    const left = committed === null ? least : leftOf(ends, committed);
    if (left === 0) return 0;
    const nowMs = performance.now();
    if (left < least) {
      least = left;
      movedAtMs = nowMs;
    }
    if (nowMs - movedAtMs > stalledMsMax) return least;
    if (nowMs - reportedAtMs > reportEveryMs) {
      onProgress(left);
      reportedAtMs = nowMs;
    }
    await delay(lookEveryMs);
  }
}

function leftOf(ends: readonly TopicPosition[], committed: readonly TopicPosition[]): number {
  const at = new Map(committed.map(({ partition, offset }) => [partition, offset]));
  return ends.reduce((sum, { partition, offset }) => sum + Math.max(0, offset - (at.get(partition) ?? 0)), 0);
}
