import { hash } from "node:crypto";
import type { KindName } from "../../../indexer/kinds.ts";

/**
 * A short digest of a document's source without the `delivery` that the indexer adds (a dead letter has none). It goes by the values and their order, not by the
 * bytes: an answer of OpenSearch is parsed before it is seen.
 */
export function digestOfStored(kind: KindName, source: unknown): string {
  if (kind === "deadLetter" || typeof source !== "object" || source === null) return digestOf(source);
  const { delivery: _, ...published } = source as Readonly<Record<string, unknown>>;
  return digestOf(published);
}

/** The digest of a value as it was published. Bytes that are no JSON are never stored: their digest matches nothing. */
export function digestOfPublished(value: Buffer): string {
  try {
    return digestOf(JSON.parse(value.toString("utf8")));
  } catch {
    return "notJson";
  }
}

const digestLength = 12;

function digestOf(value: unknown): string {
  return hash("sha1", JSON.stringify(value) ?? "", "base64").slice(0, digestLength);
}
