import type { RejectReason } from "../domain/messages/reject-reason.ts";
import type { IncomingRecord, OutgoingRecord } from "../runtime/kafka/types.ts";

/**
 * The dead letter of an output record that cannot be indexed: its key, bytes and headers as they came, and why (D3). The partition
 * is the record's own: all topics share one partition count.
 * @param detail what OpenSearch said, for people; programs go by the reason
 */
export function deadLetter(
  record: IncomingRecord,
  partition: number,
  reason: RejectReason,
  detail: string,
): OutgoingRecord {
  const { key, value, headers } = record;
  return {
    partition,
    key,
    value,
    headers: { ...headers, reason, stage: "indexer", detail: detail.slice(0, detailMax) },
  };
}

const detailMax = 1000;
