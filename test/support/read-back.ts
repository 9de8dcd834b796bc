import type { IncomingRecord, OutgoingRecord } from "../../runtime/kafka/types.ts";

/** A record as it is read back from its topic. */
export function readBack({ key, value }: Pick<OutgoingRecord, "key" | "value">, offset: number): IncomingRecord {
  const bytes = (field: OutgoingRecord["value"]) => (field === null ? null : Buffer.from(field));
  return { offset, key: bytes(key), value: bytes(value), headers: {}, timestampMs: 0 };
}
