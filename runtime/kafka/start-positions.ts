import type { GenerationContext } from "./group-generation.ts";
import { beginning, end, listOffsets } from "./offsets.ts";
import { withCluster } from "./retry.ts";
import type { AssignedPartition, TopicPosition } from "./types.ts";

/**
 * Where each assigned partition starts: where `onAssigned` says, else where this member left off if that still holds, else the
 * committed offset, else by `startAt`. `onAssigned` is told first, and what it does (initialise, recover) is done before anything
 * is fetched (D1).
 */
export async function startPositions(context: GenerationContext): Promise<readonly TopicPosition[]> {
  const { membership, options } = context;
  const byTopic = Map.groupBy(membership.assigned, ({ topic }) => topic);
  const assigned: AssignedPartition[] = [];
  for (const [topic, ofTopic] of byTopic) {
    const partitions = ofTopic.map(({ partition }) => partition).sort((a, b) => a - b);
    assigned.push(...(await describe(context, topic, partitions)));
  }
  const chosen = (await options.onAssigned?.(assigned)) ?? [];
  const starts: TopicPosition[] = [];
  for (const [topic, ofTopic] of Map.groupBy(assigned, (item) => item.topic)) {
    const undecided = ofTopic.filter((item) => (find(chosen, item) ?? leftOff(context, item)) === null);
    const latest = options.startAt === "latest" ? await offsets(context, topic, numbers(undecided), end) : [];
    for (const item of ofTopic) {
      const offset = find(chosen, item) ?? leftOff(context, item) ?? find(latest, item) ?? item.beginOffset;
      starts.push({ topic, partition: item.partition, offset });
    }
  }
  return starts;
}

/**
 * The own position holds where nothing was ever committed, and where it is of the generation just before: then nobody else can have
 * had the partition in between.
 */
function leftOff({ held, membership }: GenerationContext, item: AssignedPartition): number | null {
  const own = held.find(({ topic, partition }) => topic === item.topic && partition === item.partition);
  const isUnbroken = own?.generationId === membership.generationId - 1;
  if (own !== undefined && (isUnbroken || item.committedOffset === null)) return own.offset;
  return item.committedOffset;
}

async function describe(context: GenerationContext, topic: string, partitions: readonly number[]) {
  const committed = await context.coordinator.committed(topic, partitions);
  const begins = await offsets(context, topic, partitions, beginning);
  return partitions.map((partition): AssignedPartition => {
    const held = find(context.held, { topic, partition });
    return {
      topic,
      partition,
      committedOffset: find(committed, { topic, partition }) ?? null,
      beginOffset: find(begins, { topic, partition }) ?? 0,
      ...(held === undefined ? {} : { heldPosition: held }),
    };
  });
}

async function offsets(context: GenerationContext, topic: string, partitions: readonly number[], time: number) {
  const patience = { patienceMs: Number.POSITIVE_INFINITY, signal: context.signal, resource: `the topic ${topic}` };
  return withCluster(context.link, patience, (cluster) =>
    listOffsets(cluster, topic, partitions, time, context.fetch.isolationLevel),
  );
}

function numbers(partitions: readonly AssignedPartition[]): readonly number[] {
  return partitions.map(({ partition }) => partition);
}

function find(positions: readonly TopicPosition[], at: { topic: string; partition: number }): number | undefined {
  return positions.find(({ topic, partition }) => topic === at.topic && partition === at.partition)?.offset;
}
