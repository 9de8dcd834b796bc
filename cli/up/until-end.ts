import type { TopicNames } from "../../domain/topics.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import type { TopicPosition } from "../../runtime/kafka/types.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { StageReport } from "../../runtime/metrics/report.ts";

export interface EndConditions {
  readonly admin: KafkaAdmin;
  readonly topics: TopicNames;
  readonly enricherGroup: string;
  /** The last report of a stage. */
  readonly report: (stage: string) => StageReport | undefined;
  /** The stages that read the enriched feed, and must have read all of it. */
  readonly readers: readonly string[];
  /** Asks again after a moment; rejects when the run is being stopped. */
  readonly pause: () => Promise<void>;
  readonly log: Log;
}

/**
 * Resolves when a recording is through: the producer has nothing more to publish, the enricher has committed all of the raw log that the producer had acknowledged,
 * and every reader's own position has reached the ends of the output topics, read uncommitted (the last stable offset may miss the last transaction).
 */
export async function untilEnd(conditions: EndConditions): Promise<void> {
  const { admin, topics, report, pause } = conditions;
  while (report("producer")?.state !== "ended") await pause();
  conditions.log.debug("the producer has published all");
  const rawEnds = report("producer")?.positions ?? [];
  while (!reached(await admin.committedOffsets(conditions.enricherGroup, topics.raw), rawEnds)) await pause();
  conditions.log.debug("the enricher has folded all");
  const outputs = [topics.enriched, topics.candles, topics.deadLetter];
  const endsNow = async () =>
    (await Promise.all(outputs.map((topic) => admin.endOffsets(topic, { readCommitted: false })))).flat();
  // A reader may write dead letters of its own while it reads the last records: then there is more to read.
  for (let ends = await endsNow(), read: typeof ends = []; !reached(read, ends); ends = await endsNow()) {
    for (const reader of conditions.readers) {
      while (!reached(report(reader)?.positions ?? [], endsFor(report(reader), ends))) await pause();
      conditions.log.debug("a reader has read all", { reader });
    }
    read = ends;
  }
}

/** True where every end with records before it has been reached. */
export function reached(positions: readonly TopicPosition[], ends: readonly TopicPosition[]): boolean {
  const at = new Map(positions.map((position) => [`${position.topic}/${position.partition}`, position.offset]));
  return ends.every((end) => end.offset === 0 || (at.get(`${end.topic}/${end.partition}`) ?? 0) >= end.offset);
}

/** The ends of the topics that a reader reads. Before its first report it has read nothing of any. */
function endsFor(report: StageReport | undefined, ends: readonly TopicPosition[]): readonly TopicPosition[] {
  const topics = new Set(report?.positions.map((position) => position.topic));
  return topics.size === 0 ? ends : ends.filter((end) => topics.has(end.topic));
}
