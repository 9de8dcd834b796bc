/** Where a record stands. */
export interface TopicPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * What one reading tells of one document:
 * - `due`: it is on a topic below the indexer's committed offset, so that it must be stored;
 * - `ahead`: it is on a topic, but not below that offset: it may be stored;
 * - `rejected`: the indexer has dead-lettered it;
 * - `stored`: OpenSearch has it.
 */
export const entryStates = ["due", "ahead", "rejected", "stored"] as const;
export type EntryState = (typeof entryStates)[number];

export interface Entry {
  readonly state: EntryState;
  /** Empty for a record of which no document can be made. */
  readonly index: string;
  readonly id: string;
  readonly version: number;
  /** Of the source without what the indexer adds; null where it is not looked at. */
  readonly digest: string | null;
  /** The record's. Of a stored dead letter what it says itself; null for the other stored documents. */
  readonly place: TopicPlace | null;
}

/** All that was read of one document. */
export interface DocumentEntries {
  readonly index: string;
  readonly id: string;
  readonly published: readonly Entry[];
  readonly stored: Entry | null;
}
