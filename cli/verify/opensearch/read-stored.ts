import type { Audit } from "./audit.ts";
import { digestOfStored } from "./document-digest.ts";
import type { Entry, TopicPlace } from "./entry.ts";
import { patiently } from "./patiently.ts";
import { lookUp, pageSizeOf, type StoredDocument, storedDocuments } from "./stored-documents.ts";
import { type StoredIndex, storedIndex } from "./stored-index.ts";

export interface StoredReading extends Audit {
  readonly onDocuments: (count: number) => void;
}

/** Reads all documents of an index. One that breaks off is read again from its beginning: what is added twice counts once. */
export async function readIndex(index: StoredIndex, reading: StoredReading): Promise<void> {
  const { openSearch, spill, kept, tally, topicOf, onDocuments, patience } = reading;
  const topic = topicOf(index);
  await patiently(async () => {
    let [older, all] = [0, 0];
    for await (const documents of storedDocuments(openSearch, index)) {
      patience.signal.throwIfAborted();
      const entries: Entry[] = [];
      for (const document of documents) {
        const { id, version } = document;
        // Those that cannot be on a topic any more take no room. Of the other two kinds a later copy or revision may be.
        const isPlaced = index.kind !== "candle" && index.kind !== "deadLetter";
        if (isPlaced && kept.reasonOf(topic, { kind: index.kind, id, version }, null) === "older") older++;
        else entries.push(storedEntry(index, document, topic));
      }
      await spill.add(entries);
      all += documents.length;
      onDocuments(documents.length);
    }
    tally.of(index.name).stored = all;
    tally.notJudged.older += older;
  }, patience);
}

/** Looks the documents of these entries up by their ids. */
export async function readSample(entries: readonly Entry[], reading: StoredReading): Promise<void> {
  const { openSearch, indexPrefix, spill, topicOf, onDocuments, patience } = reading;
  const sizeMax = pageSizeOf(entries.some(({ index }) => isLarge(index, indexPrefix)) ? "deadLetter" : "quote");
  for (let at = 0; at < entries.length; at += sizeMax) {
    const wanted = entries.slice(at, at + sizeMax);
    const found = await patiently(() => lookUp(openSearch, wanted), patience);
    const stored = wanted.flatMap((entry, n) => {
      const [document, index] = [found[n], storedIndex(indexPrefix, entry.index)];
      return document == null || index === null ? [] : [storedEntry(index, document, topicOf(index))];
    });
    await spill.add(stored);
    onDocuments(wanted.length);
  }
}

function storedEntry({ name, kind }: StoredIndex, { id, version, source }: StoredDocument, topic: string): Entry {
  const digest = digestOfStored(kind, source);
  const place = kind === "deadLetter" ? ownPlace(source, topic) : null;
  return { state: "stored", index: name, id, version, digest, place };
}

/** Where a dead letter says that it stands. */
function ownPlace(source: unknown, topic: string): TopicPlace | null {
  if (typeof source !== "object" || source === null) return null;
  const { partition, offset } = source as Readonly<Record<string, unknown>>;
  return typeof partition === "number" && typeof offset === "number" ? { topic, partition, offset } : null;
}

function isLarge(index: string, indexPrefix: string): boolean {
  return storedIndex(indexPrefix, index)?.kind === "deadLetter";
}
