import { PipelineError } from "../domain/errors.ts";
import type { KafkaAdmin } from "../runtime/kafka/admin-types.ts";
import type { AssignedPartition, TopicPosition } from "../runtime/kafka/types.ts";

/** A product's group, the topics that it reads, and those that it writes. */
export interface ProductGroup {
  readonly product: string;
  readonly groupId: string;
  readonly sources: readonly string[];
  readonly own: readonly string[];
}

type Offsets = Pick<KafkaAdmin, "beginOffsets" | "endOffsets" | "committedOffsets">;

/**
 * Sees that a group without offsets is new, and has not lost them: begun at the beginning, it would publish once more all that its product holds. A group commits
 * where it begins before it writes anything, so that a product with records has a group with offsets (D1).
 * @throws PipelineError `kafkaFailed`
 */
export async function checkOffsetsKept(admin: Offsets, { product, groupId, sources, own }: ProductGroup) {
  // In this order: an instance that begins beside this one commits before it writes.
  const filled: string[] = [];
  for (const topic of own) if (await hasRecords(admin, topic)) filled.push(topic);
  if (filled.length === 0) return;
  for (const source of sources) if ((await admin.committedOffsets(groupId, source)).length > 0) return;
  throw new PipelineError(
    "kafkaFailed",
    `The group ${groupId} has no committed offsets, but the product ${product} has records on ${filled.join(", ")}: the offsets are lost, and from the beginning all would be published again.`,
    {
      remedy: `Set the group's offset of each partition of ${sources.join(", ")} with kafka-consumer-groups.sh to the one after the record that has the same source-partition, source-offset and source-index headers as the product's newest; or delete the product's topics, and run \`bellwether entitlements apply\`, so that it is written anew.`,
    },
  );
}

async function hasRecords(admin: Offsets, topic: string): Promise<boolean> {
  const begins = new Map((await admin.beginOffsets(topic)).map(({ partition, offset }) => [partition, offset]));
  const ends = await admin.endOffsets(topic, { readCommitted: true });
  return ends.some(({ partition, offset }) => offset > (begins.get(partition) ?? 0));
}

/** A stretch of a source that was deleted before it was read. */
export interface LostStretch extends TopicPosition {
  /** The first offset that is kept. */
  readonly firstOffset: number;
}

/** What is no longer kept of what the group has not read. */
export function lostStretches(
  assigned: readonly AssignedPartition[],
  committedOf: (partition: AssignedPartition) => number | undefined,
): readonly LostStretch[] {
  return assigned.flatMap((one) => {
    const { topic, partition, beginOffset: firstOffset } = one;
    const stretch = { topic, partition, offset: committedOf(one) ?? firstOffset, firstOffset };
    return stretch.offset < firstOffset && holdsRecords(stretch) ? [stretch] : [];
  });
}

/**
 * Sources are written in transactions, whose markers take an offset each: who has read all of a partition stands before the marker of its last
 * transaction. Where just that one offset is gone, nothing is lost.
 */
export function holdsRecords({ offset, firstOffset }: LostStretch): boolean {
  return firstOffset - offset !== 1;
}

/** Records that were never made into a product must not be missed in silence (D3): it stops, and a person decides. */
export function recordsLost(product: string, groupId: string, lost: readonly LostStretch[]): PipelineError {
  const stretches = lost.map((one) => `  ${one.topic} partition ${one.partition}: ${stretchText(one)}`);
  const chosen = lost.map(({ topic, partition }) => `--topic ${topic}:${partition}`).join(" ");
  return new PipelineError(
    "kafkaTopic",
    `Source records of the product ${product} were deleted before they were read:\n${stretches.join("\n")}\n`,
    {
      remedy: `Tell the product's customers; then let the group go on behind the hole: kafka-consumer-groups.sh --group ${groupId} --reset-offsets --to-earliest ${chosen} --execute`,
    },
  );
}

function stretchText({ offset, firstOffset }: LostStretch): string {
  if (firstOffset < offset) return `offset ${offset} was to be read, and the topic, made anew, does not reach it`;
  return `offsets ${offset} to ${firstOffset - 1} are gone`;
}
