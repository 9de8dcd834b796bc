import type { OutgoingRecord } from "../../runtime/kafka/types.ts";

/** What is compared of a record: all but its partition. */
export type ComparedParts = Omit<OutgoingRecord, "partition">;

/** The first part of a record that is another, and both sides as text; null where a side has none. */
export interface PartDifference {
  /** `value`, `key`, or `header` and its name. */
  readonly part: string;
  readonly expected: string | null;
  readonly published: string | null;
}

/**
 * Compares a published record with the fold's, byte for byte: the value, then the key, then the headers by name, for their order says nothing. Null where
 * they are equal. All of it follows from the log but `enriched-time`, which is the clock of the run: it has to be there, and may be any.
 */
export function partDifference(expected: ComparedParts, published: ComparedParts): PartDifference | null {
  if (!isEqual(expected.value, published.value)) return difference("value", expected.value, published.value);
  if (!isEqual(expected.key, published.key)) return difference("key", expected.key, published.key);
  for (const name in expected.headers) {
    const [wanted, found] = [headerAt(expected, name), headerAt(published, name)];
    const isClockOfRun = name === "enriched-time" && found !== null;
    if (!isClockOfRun && !isEqual(wanted, found)) return difference(`header ${name}`, wanted, found);
  }
  for (const name in published.headers) {
    if (!Object.hasOwn(expected.headers, name)) return difference(`header ${name}`, null, headerAt(published, name));
  }
  return null;
}

/** A field as text or bytes; null where there is none. */
type Field = ComparedParts["value"];

function difference(part: string, expected: Field, published: Field): PartDifference {
  return { part, expected: textOf(expected), published: textOf(published) };
}

/** A field for people; null where there is none. */
export function textOf(field: Field): string | null {
  if (field === null || typeof field === "string") return field;
  return Buffer.from(field).toString("utf8");
}

/** A header may have any name, also one that every object has a property of. */
function headerAt({ headers }: ComparedParts, name: string): Field {
  return Object.hasOwn(headers, name) ? (headers[name] ?? null) : null;
}

function isEqual(a: Field, b: Field): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf(field: string | Uint8Array): Uint8Array {
  return typeof field === "string" ? Buffer.from(field) : field;
}
