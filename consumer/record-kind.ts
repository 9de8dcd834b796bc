import { valueStartsWith, valueText } from "../runtime/kafka/fetched-record.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";
import type { RecordKind } from "./values.ts";

type NamedKind = Exclude<RecordKind, "minuteBar" | "unknown">;

const named = [
  "quote",
  "trade",
  "candle",
  "alert",
  "bar",
  "gap",
  "correction",
  "cancel",
] as const satisfies NamedKind[];

const beginnings: readonly { readonly kind: RecordKind; readonly bytes: Buffer }[] = [
  ...named.map((kind) => ({ kind, bytes: Buffer.from(`{"type":"${kind}"`) })),
  { kind: "minuteBar", bytes: Buffer.from('{"symbol":"') },
];

/** The kind of a value, told by its first bytes: `type` always stands first (P4). A value written otherwise is looked into. */
export function kindOf(record: IncomingRecord): RecordKind {
  for (const { kind, bytes } of beginnings) if (valueStartsWith(record, bytes)) return kind;
  return kindInside(record);
}

function kindInside(record: IncomingRecord): RecordKind {
  try {
    const value: unknown = JSON.parse(valueText(record) ?? "");
    const type = typeof value === "object" && value !== null ? (value as { type?: unknown }).type : undefined;
    return named.find((kind) => kind === type) ?? "unknown";
  } catch {
    return "unknown";
  }
}
