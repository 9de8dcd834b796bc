import type { TopicPlace } from "./entry.ts";

/** What was found of one index: a kind and a day. */
export interface IndexFindings {
  /** Empty for records of which no document can be made. */
  readonly index: string;
  /** Documents that the topics hold, as far as the indexer has committed them; those that it has dead-lettered instead left out. */
  readonly onTopics: number;
  /** Documents that searches found in the index. */
  readonly stored: number;
  readonly equal: number;
  readonly missing: number;
  readonly unexpected: number;
  readonly different: number;
}

/** Documents that are neither right nor wrong, and why. */
export interface NotJudged {
  /** On a topic, and not committed by the indexer yet: stored or not. */
  readonly ahead: number;
  /** Refused by OpenSearch or by the indexer, which has said so on the dead-letter topic. */
  readonly deadLettered: number;
  /** Records and stored documents of days past the retention. */
  readonly pastRetention: number;
  /** Stored, and older than what the topics still keep. */
  readonly older: number;
  /** Stored, of a raw topic that the topics hold nothing of: of a cluster or topic before. */
  readonly otherLogs: number;
  /** Written again while it was looked at. */
  readonly changing: number;
}

/** The sorts of what should not be. */
export type FindingSort = "missing" | "unexpected" | "different";

/** The first finding of a sort, by index and place. */
export interface Finding {
  readonly index: string;
  readonly id: string;
  /** Null for a document that is on no topic. */
  readonly place: TopicPlace | null;
  /** The version that it must have at least. */
  readonly expectedVersion: number | null;
  readonly expected: string | null;
  readonly storedVersion: number | null;
  readonly stored: string | null;
}

/** What an audit of OpenSearch found. */
export interface OpenSearchReport {
  readonly indices: readonly IndexFindings[];
  readonly onTopics: number;
  readonly equal: number;
  readonly missing: number;
  readonly unexpected: number;
  readonly different: number;
  readonly notJudged: NotJudged;
  readonly first: Readonly<Partial<Record<FindingSort, Finding>>>;
  /** How many documents were compared one by one where only a sample was; null where all were. */
  readonly sampled: number | null;
  /** Partitions of which the indexer has committed nothing, though they hold records. */
  readonly notCommitted: readonly { readonly topic: string; readonly partition: number }[];
}
