import { setTimeout as delay } from "node:timers/promises";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type { TopicPosition } from "../../runtime/kafka/types.ts";

export interface IndexedOptions {
  readonly admin: KafkaAdmin;
  readonly topics: readonly string[];
  /** Where the indexers have got to; they count transaction markers, which their committed offsets may stay below for ever. */
  readonly positions: () => readonly TopicPosition[];
  /** Given up only when no position has moved for so long. */
  readonly stalledMsMax: number;
}

const lookEveryMs = 200;

/** Waits until the indexers have come to the topics' ends. The ends are asked for again each time: dead letters of the indexers are records too. */
export async function untilIndexed({ admin, topics, positions, stalledMsMax }: IndexedOptions): Promise<boolean> {
  let most = -1;
  let movedAtMs = performance.now();
  for (;;) {
    const at = new Map<string, number>();
    for (const { topic, partition, offset } of positions()) {
      at.set(`${topic}/${partition}`, Math.max(offset, at.get(`${topic}/${partition}`) ?? 0));
    }
    let left = 0;
    for (const topic of topics) {
      for (const { partition, offset } of await admin.endOffsets(topic, { readCommitted: false })) {
        left += Math.max(0, offset - (at.get(`${topic}/${partition}`) ?? 0));
      }
    }
    if (left === 0) return true;
    const nowMs = performance.now();
    const sum = [...at.values()].reduce((all, offset) => all + offset, 0);
    if (sum !== most) [most, movedAtMs] = [sum, nowMs];
    if (nowMs - movedAtMs > stalledMsMax) return false;
    await delay(lookEveryMs);
  }
}
