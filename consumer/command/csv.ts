import { fieldsOf } from "../../domain/entitlements/record-types.ts";
import { productBarSchema } from "../../domain/products/bar.ts";
import type { FeedRecord } from "../feed-record.ts";
import type { RecordKind } from "../values.ts";

/** The kinds that a table of values can show: one at a time, because each has its own columns. */
export type CsvKind = Exclude<RecordKind, "unknown">;

/** The columns of a kind, always the same: what a product leaves out stays empty. `windows` is no table's cell, and `type` always the same. */
export function csvColumns(kind: CsvKind): readonly string[] {
  const fields = kind === "minuteBar" ? Object.keys(productBarSchema.shape) : fieldsOf[kind];
  return fields.filter((field) => field !== "type" && field !== "windows");
}

/** A line of comma-separated values, without its end. @see https://www.rfc-editor.org/rfc/rfc4180 */
export function csvLine(columns: readonly string[], record: FeedRecord): string {
  const value = record.value as Readonly<Record<string, unknown>>;
  return columns.map((column) => cell(value[column])).join(",");
}

/** Lists are texts with spaces between; null and what is left out are empty. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = Array.isArray(value) ? value.join(" ") : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
