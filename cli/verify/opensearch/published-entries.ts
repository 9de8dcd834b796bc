import { hash } from "node:crypto";
import type { TopicNames } from "../../../domain/topics.ts";
import { deadLetterDocument } from "../../../indexer/dead-letter-document.ts";
import { documentOf, type IndexDocument, sourceId, type Unindexable } from "../../../indexer/document.ts";
import type { IndexOf } from "../../../indexer/index-names.ts";
import type { IsExpired } from "../../../indexer/setup/expired.ts";
import type { IncomingRecord } from "../../../runtime/kafka/types.ts";
import { digestOfPublished } from "./document-digest.ts";
import type { Entry } from "./entry.ts";

export interface PublishedRules {
  readonly topics: TopicNames;
  readonly indexOf: IndexOf;
  readonly isExpired: IsExpired;
  /** True for the documents that are compared; of the others only the number matters. */
  readonly isCompared: (id: string) => boolean;
}

/** What one record of an output topic says. */
export interface Published {
  readonly entries: readonly Entry[];
  /** Null where none can be made. */
  readonly document: IndexDocument | null;
  /** The indexer leaves it out: its day is past the retention. */
  readonly isPastRetention: boolean;
}

/**
 * What a record of an output topic says of the document that the indexer makes of it, by the indexer's own rules (D4). A dead letter of the indexer also says that
 * the record which it is a copy of was not stored.
 */
export function publishedEntries(
  record: IncomingRecord,
  { topic, partition, isDue }: { readonly topic: string; readonly partition: number; readonly isDue: boolean },
  rules: PublishedRules,
): Published {
  const place = { topic, partition, offset: record.offset };
  const state = isDue ? "due" : "ahead";
  const isLetter = topic === rules.topics.deadLetter;
  const document = isLetter
    ? deadLetterDocument(record, partition, rules.indexOf)
    : documentOf(record, rules.indexOf, 0);
  const entries: Entry[] = [];
  if (isLetter && record.headers["stage"]?.toString("latin1") === "indexer") {
    entries.push({ ...named(documentOf(record, rules.indexOf, 0), record), state: "rejected", digest: null, place });
  }
  if ("reason" in document) {
    entries.push({ ...named(document, record), state, digest: null, place });
    return { entries, document: null, isPastRetention: false };
  }
  const isPastRetention = rules.isExpired(document.index);
  if (!isPastRetention) {
    const { index, id, version } = document;
    const digest = rules.isCompared(id) ? digestOfPublished(document.value) : null;
    entries.push({ state, index, id, version, digest, place });
  }
  return { entries, document, isPastRetention };
}

/** The document's names; of a record that gives none, some that its dead letter gives too. */
function named(document: IndexDocument | Unindexable, record: IncomingRecord): Pick<Entry, "index" | "id" | "version"> {
  if (!("reason" in document)) return { index: document.index, id: document.id, version: document.version };
  const value = hash("sha1", record.value ?? Buffer.alloc(0), "base64url");
  return { index: "", id: `${sourceId(record) ?? ""} ${value}`, version: 1 };
}
