import { nyse } from "../domain/calendar/nyse.ts";
import { PipelineError } from "../domain/errors.ts";
import { type TopicNames, topicNames } from "../domain/topics.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { tooLate, within } from "../runtime/clock/within.ts";
import { kafkaConnection } from "../runtime/kafka/connection.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { Kafka, TopicPosition } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import { type Figures, Metrics } from "../runtime/metrics/metrics.ts";
import { type EnricherConfig, runnerSettings } from "./config.ts";
import { marketFold } from "./unit/market-fold.ts";
import { startRunner } from "./unit/runner.ts";

/** What a member has done so far. */
export interface MemberReport {
  readonly metrics: Figures;
  /** The next raw offset of each partition that it has; all before it is published and committed. */
  readonly positions: readonly TopicPosition[];
}

/** One member of the enrichers' group, in this thread or another. */
export interface Member {
  report(): MemberReport;
  /** Rejects when it can go no further. */
  readonly failed: Promise<never>;
  /** Finishes the transactions under way, and leaves the group; in bounded time. */
  close(): Promise<void>;
}

/** Joins the group, in this thread. @throws PipelineError where Kafka cannot be used, or the topics do not fit */
export async function startMember(
  config: EnricherConfig,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<Member> {
  const kafka = createKafka(await kafkaConnection(config, "bellwether-enricher"), log);
  const topics = topicNames(config.TOPIC_PREFIX);
  const logId = await checkTopics(kafka, topics);
  const metrics = new Metrics();
  const failed = Promise.withResolvers<never>();
  // It may fail while it still starts, when nobody waits for it yet.
  failed.promise.catch(() => {});
  const runner = await startRunner({
    kafka,
    fold: marketFold({ calendar: nyse, topics, logId }),
    topics,
    groupId: `${config.TOPIC_PREFIX}enricher`,
    logId,
    settings: runnerSettings(config),
    clock,
    log,
    metrics,
    onFailed: failed.reject,
  });
  log.info("in the group", { topic: topics.raw, logId });
  return {
    report: () => ({ metrics: metrics.snapshot(), positions: runner.positions() }),
    failed: failed.promise,
    async close() {
      // What is cut off is safe: the broker aborts a transaction that is left open, and the next owner folds its records (D1).
      if ((await within(runner.close(), closeWithinMs)) === tooLate)
        log.warn("the group was not left in good order in time; what was open is aborted by the broker");
    },
  };
}

const closeWithinMs = 10_000;

/** The raw topic's id; every topic must have as many partitions as it, for a symbol has one partition number everywhere. */
async function checkTopics(kafka: Kafka, topics: TopicNames): Promise<string> {
  const admin = await kafka.admin();
  try {
    const expected = await admin.partitionCount(topics.raw);
    for (const topic of [topics.enriched, topics.candles, topics.alerts, topics.deadLetter, topics.state]) {
      const partitions = await admin.partitionCount(topic);
      if (partitions === expected) continue;
      throw new PipelineError(
        "kafkaTopic",
        `${topic} has ${partitions} partitions, and ${topics.raw} has ${expected}.`,
        {
          remedy: "Make the topic again with the raw topic's number: a symbol has one partition number everywhere.",
        },
      );
    }
    return await admin.topicId(topics.raw);
  } finally {
    await admin.close();
  }
}
