import type { TopicPosition } from "./types.ts";

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** One right of one user: Kafka's own names. */
export interface AclSpec {
  readonly principal: string;
  readonly resource: "topic" | "group" | "transactionalId" | "cluster";
  readonly name: string;
  readonly pattern: "literal" | "prefixed";
  readonly operation: "read" | "write" | "describe" | "idempotentWrite" | "create";
}

/** What is done to a cluster besides reading and writing records. */
export interface KafkaAdmin {
  /** Makes the topics that are missing and waits for their leaders; returns the names made. @throws PipelineError `kafkaTopic` where one exists with another partition count */
  ensureTopics(specs: readonly TopicSpec[]): Promise<readonly string[]>;
  ensureAcls(specs: readonly AclSpec[]): Promise<void>;
  partitionCount(topic: string): Promise<number>;
  /** Kafka's topic id as canonical base64url text of its 16 bytes, the log id of D4. */
  topicId(topic: string): Promise<string>;
  beginOffsets(topic: string): Promise<readonly TopicPosition[]>;
  /** `readCommitted: true` gives the last stable offsets, `false` the high watermarks (ListOffsets isolation 0). */
  endOffsets(topic: string, options: { readonly readCommitted: boolean }): Promise<readonly TopicPosition[]>;
  /** The first offsets at or after a time (the end where there is none). */
  offsetsAt(topic: string, timeMs: number): Promise<readonly TopicPosition[]>;
  /**
   * `requireStable: true` waits for transactions that are about to move an offset (up to ten seconds): of `partitions` only, where they are given.
   * Partitions without an offset are left out.
   */
  committedOffsets(
    groupId: string,
    topic: string,
    options?: { readonly requireStable: boolean; readonly partitions?: readonly number[] },
  ): Promise<readonly TopicPosition[]>;
  close(): Promise<void>;
}
