import { PipelineError } from "../domain/errors.ts";
import { type FeedRecord, parsedValue } from "./feed-record.ts";

/** Reads values that must have some columns. @throws PipelineError `missingColumn` from what is returned */
export function valueReader(columns: readonly string[]): (record: FeedRecord) => unknown {
  if (columns.length === 0) return parsedValue;
  return (record) => {
    const value = parsedValue(record) as Readonly<Record<string, unknown>>;
    for (const column of columns) {
      if (value[column] !== undefined) continue;
      throw new PipelineError("missingColumn", `The ${record.kind}s of ${record.topic} have no ${column}.`, {
        remedy: "Ask your provider for a product with this column, or do without it: leave it out of `columns`.",
      });
    }
    return value;
  };
}
