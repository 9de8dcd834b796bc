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
export function kindOf(bytes: Buffer): RecordKind {
  for (const { kind, bytes: beginning } of beginnings) if (beginsWith(bytes, beginning)) return kind;
  return kindInside(bytes);
}

function beginsWith(bytes: Buffer, beginning: Buffer): boolean {
  if (bytes.length < beginning.length) return false;
  // From the end, where the kinds differ.
  for (let at = beginning.length - 1; at >= 0; at--) if (bytes[at] !== beginning[at]) return false;
  return true;
}

function kindInside(bytes: Buffer): RecordKind {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    const type = typeof value === "object" && value !== null ? (value as { type?: unknown }).type : undefined;
    return named.find((kind) => kind === type) ?? "unknown";
  } catch {
    return "unknown";
  }
}
