import type { IncomingRecord } from "../runtime/kafka/types.ts";

/** The place on the raw log that a record was made from: with it, repeats can be told. */
export interface SourcePosition {
  /** Identity of the raw log (D4). */
  readonly logId: string;
  readonly partition: number;
  readonly offset: number;
  /** The n-th output of that raw record, from 0. */
  readonly index: number;
}

/** The source position in a record's headers; null where they are not all there. */
export function sourcePosition(headers: IncomingRecord["headers"]): SourcePosition | null {
  const partition = headers["source-partition"];
  const offset = headers["source-offset"];
  const index = headers["source-index"];
  if (partition === undefined || offset === undefined || index === undefined) return null;
  return {
    logId: headers["log-id"]?.toString("latin1") ?? "",
    partition: decimal(partition),
    offset: decimal(offset),
    index: decimal(index),
  };
}

/** Decimal text as a number, without making a string of it: this runs for every record. */
function decimal(digits: Buffer): number {
  let value = 0;
  for (let at = 0; at < digits.length; at++) value = value * 10 + ((digits[at] as number) - 48);
  return value;
}
