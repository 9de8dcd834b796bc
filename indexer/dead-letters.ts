import type { RejectReason } from "../domain/messages/reject-reason.ts";
import type { IncomingRecord, OutgoingRecord, RecordSender } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import type { Metrics } from "../runtime/metrics/metrics.ts";

/** A record that cannot be indexed, and why. */
export interface Rejection {
  readonly record: IncomingRecord;
  readonly topic: string;
  readonly partition: number;
  readonly reason: RejectReason;
  /** What OpenSearch said, for people; programs go by the reason. */
  readonly detail: string;
}

export interface DeadLetterOptions {
  readonly sender: RecordSender;
  /** Where they go. */
  readonly topic: string;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Sends records that cannot be indexed to the dead-letter topic (D3), and resolves when they are acknowledged. A dead letter that cannot be indexed
 * stays where it is: sent again it would come back for ever.
 */
export async function sendDeadLetters(
  rejections: readonly Rejection[],
  { sender, topic, metrics, log }: DeadLetterOptions,
): Promise<void> {
  const letters = rejections.filter((rejection) => rejection.topic !== topic);
  for (const { topic: from, partition, record, detail } of rejections) {
    if (from !== topic) continue;
    metrics.add("deadLettersNotIndexed");
    log.warn("a dead letter cannot be indexed", { partition, offset: record.offset, detail });
  }
  if (letters.length === 0) return;
  await sender.send(topic, letters.map(deadLetter));
  metrics.add("deadLettered", letters.length);
}

/** Its key, bytes and headers as they came, and why. The partition is the record's own: all topics share one partition count. */
function deadLetter({ record: { key, value, headers }, partition, reason, detail }: Rejection): OutgoingRecord {
  return {
    partition,
    key,
    value,
    headers: { ...headers, reason, stage: "indexer", detail: detail.slice(0, detailMax) },
  };
}

const detailMax = 1000;
