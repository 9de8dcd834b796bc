import type { GenerationContext } from "./group-generation.ts";
import { beginning, end, listOffsets } from "./offsets.ts";
import { withCluster } from "./retry.ts";
import type { AssignedPartition, TopicPosition } from "./types.ts";

/** What `onAssigned` is told. */
export async function describeAssigned(context: GenerationContext): Promise<readonly AssignedPartition[]> {
  const byTopic = Map.groupBy(context.membership.assigned, ({ topic }) => topic);
  const assigned: AssignedPartition[] = [];
  for (const [topic, ofTopic] of byTopic) {
    const partitions = ofTopic.map(({ partition }) => partition).sort((a, b) => a - b);
    assigned.push(...(await describe(context, topic, partitions)));
  }
  return assigned;
}

/**
 * Where each assigned partition starts: where `onAssigned` says (`chosen`), else where this member left off if that still holds, else the
 * committed offset, else by `startAt`. What `onAssigned` does (initialise, recover) is done before anything is fetched (D1).
 */
export async function startPositions(
  context: GenerationContext,
  assigned: readonly AssignedPartition[],
  chosen: readonly TopicPosition[],
): Promise<readonly TopicPosition[]> {
  const { options } = context;
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
 * The own position holds where nothing was ever committed, and where it is of this generation (after a `rejoin`) or the one just before:
 * then nobody else can have had the partition in between.
 */
function leftOff({ held, membership }: GenerationContext, item: AssignedPartition): number | null {
  const own = held.find(({ topic, partition }) => topic === item.topic && partition === item.partition);
  const isUnbroken = own !== undefined && own.generationId >= membership.generationId - 1;
  if (own !== undefined && (isUnbroken || item.committedOffset === null)) return own.offset;
  return item.committedOffset;
}

async function describe(context: GenerationContext, topic: string, partitions: readonly number[]) {
  const committed = await context.coordinator.committed(topic, partitions, context.signal);
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
