import type { KafkaAdmin } from "../runtime/kafka/admin-types.ts";
import type { AssignedPartition, TopicPosition } from "../runtime/kafka/types.ts";
import { checkOffsetsKept, type LostStretch, lostStretches, type ProductGroup } from "./lost-offsets.ts";

/** Where a generation of a product's group begins. */
export interface Starts {
  readonly all: readonly TopicPosition[];
  /** Of these nothing is committed: to be committed before anything is written. */
  readonly fresh: readonly TopicPosition[];
  /** What was deleted before it was read. */
  readonly lost: readonly LostStretch[];
}

/**
 * From the committed offsets, else from the beginning. To be asked for after every unit is initialised: before, an old holder could still move them.
 * @throws PipelineError `kafkaFailed` where the group has lost its offsets
 */
export async function startsOf(
  admin: Pick<KafkaAdmin, "beginOffsets" | "endOffsets" | "committedOffsets">,
  group: ProductGroup,
  assigned: readonly AssignedPartition[],
): Promise<Starts> {
  const committed = new Map<string, number>();
  for (const [topic, ofTopic] of Map.groupBy(assigned, (one) => one.topic)) {
    // Of these partitions alone: those of other members have transactions of their own under way.
    const asked = { requireStable: true, partitions: ofTopic.map(({ partition }) => partition) };
    const found = await admin.committedOffsets(group.groupId, topic, asked);
    for (const at of found) committed.set(keyOf(at), at.offset);
  }
  if (committed.size === 0) await checkOffsetsKept(admin, group);
  const all = assigned.map((one) => {
    const { topic, partition, beginOffset } = one;
    return { topic, partition, offset: committed.get(keyOf(one)) ?? beginOffset };
  });
  const fresh = all.filter((at) => !committed.has(keyOf(at)));
  return { all, fresh, lost: lostStretches(assigned, (one) => committed.get(keyOf(one))) };
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}
