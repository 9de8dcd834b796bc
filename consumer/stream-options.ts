import type { PipelineError } from "../domain/errors.ts";
import type { TopicPosition } from "../runtime/kafka/types.ts";
import type { FeedRecord } from "./feed-record.ts";
import type { FeedLag } from "./lag.ts";
import type { Staleness } from "./staleness.ts";
import type { RecordKind, Values } from "./values.ts";

/**
 * Where to start: the oldest record kept, only what comes from now on, the first record published at or after a time, or positions stored
 * before (`stream.positions()`; partitions that they do not name start at the beginning).
 */
export type StartFrom = "beginning" | "latest" | Date | readonly TopicPosition[];

/** What a stream lives through besides its records. */
export type Notice =
  /** Kafka is out of reach; the stream goes on as soon as it answers. */
  | { readonly kind: "outOfReach"; readonly error: PipelineError }
  | { readonly kind: "backInReach" }
  /** Kafka no longer keeps the records from `position` up to `firstOffset`: they are missed. */
  | { readonly kind: "skipped"; readonly position: TopicPosition; readonly firstOffset: number };

export interface StreamOptions {
  /** Only these symbols, and what concerns all of them (gaps). Default: every symbol. */
  readonly symbols?: readonly string[];
  /** Where to start where the group has left nothing off. Default: `latest`. */
  readonly from?: StartFrom;
  /**
   * A name makes the stream go on where the last of that name left off, after a restart too, and shares the partitions among all who read
   * with it. The group's name in Kafka begins with the user's. Default: a group for this stream alone, that leaves no trace.
   */
  readonly group?: string;
  /**
   * `auto`: what was handed over is done when the next is asked for, and committed each second (at least once). `manual`: what `done` is told,
   * when `commit` is called. Only with a `group`. Default: `auto`.
   */
  readonly commit?: "auto" | "manual";
  /** Default: those that the user's rights show and that can hold what is asked for. */
  readonly topics?: readonly string[];
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /** Told of each hole in the feed that concerns the symbols, once, before the records that come after it. */
  readonly onGap?: (gap: Values["gap"], record: FeedRecord<"gap">) => void;
  /** Told when the reader falls behind `behindLimit`, again at each look while it is behind, and once when it has caught up. */
  readonly onLag?: (lag: FeedLag) => void;
  /** Default: 10 seconds, and any number of records. */
  readonly behindLimit?: { readonly records?: number; readonly behindMs?: number };
  /** Told when the feed falls silent, and when it speaks again. */
  readonly onStale?: (staleness: Staleness) => void;
  /** After how long a silence is one. Add a product's delay. Default: 60 seconds. */
  readonly staleAfterMs?: number;
  /** When silence counts: in the exchange's regular hours (a feed of the whole market is never silent then), or always. Default: `regularHours`. */
  readonly staleWhen?: "regularHours" | "always";
  /** Told what else happens on the way. */
  readonly onNotice?: (notice: Notice) => void;
}

/** What of a stream is wanted. */
export interface Selection {
  /** Null: every kind, those too that are not known yet. */
  readonly kinds: ReadonlySet<RecordKind> | null;
  /** Null: every symbol. */
  readonly symbols: ReadonlySet<string> | null;
}
