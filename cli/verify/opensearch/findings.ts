import type { TopicNames } from "../../../domain/topics.ts";
import { deadLetterDocument } from "../../../indexer/dead-letter-document.ts";
import { createIndexOf } from "../../../indexer/index-names.ts";
import type { Kafka } from "../../../runtime/kafka/types.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import type { DocumentEntries, Entry, TopicPlace } from "./entry.ts";
import type { Finding } from "./report.ts";
import { lookUp } from "./stored-documents.ts";

export interface Sources {
  readonly kafka: Kafka;
  readonly openSearch: OpenSearch;
  readonly topics: TopicNames;
  readonly signal: AbortSignal;
}

const shownMax = 2000;

/** A finding with what a person wants to see: what the topic holds, and what is stored. */
export async function findingOf(document: DocumentEntries, sources: Sources): Promise<Finding> {
  const { index, id, published, stored } = document;
  const expected = expectedOf(published);
  const [now] = index === "" ? [] : await lookUp(sources.openSearch, [{ index, id }]);
  return {
    index,
    id,
    place: expected?.place ?? null,
    expectedVersion: expected?.version ?? null,
    expected: expected?.place == null ? null : await textOf(expected.place, sources),
    storedVersion: stored === null ? null : (now?.version ?? stored.version),
    stored: now == null ? null : JSON.stringify(now.source).slice(0, shownMax),
  };
}

/** The highest version that must be stored, else the highest that may be. */
function expectedOf(published: readonly Entry[]): Entry | undefined {
  const due = published.filter(({ state }) => state === "due");
  return [...(due.length > 0 ? due : published)].sort((a, b) => b.version - a.version)[0];
}

async function textOf(
  { topic, partition, offset }: TopicPlace,
  { kafka, topics, signal }: Sources,
): Promise<string | null> {
  const range = { topic, partition, fromOffset: offset, toOffset: offset + 1, signal };
  for await (const { records } of kafka.readPartition(range)) {
    const [record] = records;
    if (record === undefined) continue;
    const isLetter = topic === topics.deadLetter;
    const text = isLetter ? deadLetterDocument(record, partition, createIndexOf("")).source : record.value;
    return text === null ? null : text.toString("utf8").slice(0, shownMax);
  }
  return null;
}
