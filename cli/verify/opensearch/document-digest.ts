import { hash } from "node:crypto";
import { type KindName, kinds } from "../../../indexer/kinds.ts";

/**
 * A short digest of a document's source without what the indexer adds for delivery (`withDelivery`). It goes by the values and their order, not by the
 * bytes: an answer of OpenSearch is parsed before it is seen.
 */
export function digestOfStored(kind: KindName, source: unknown): string {
  if (!kinds[kind].delivered || typeof source !== "object" || source === null) return digestOf(source);
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
