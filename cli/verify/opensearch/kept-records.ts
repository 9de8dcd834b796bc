import { partitionOf } from "../../../domain/partition.ts";
import type { KindName } from "../../../indexer/kinds.ts";
import { type RawPlace, rawPlaceOf, splitId, windowOf } from "./document-id.ts";
import type { TopicPlace } from "./entry.ts";

/** Why a stored document is on no topic: nothing explains it, or it is older than what the topics keep, or of a raw topic that they do not know. */
export type UnmatchedReason = "unexpected" | "older" | "otherLog";

interface KeptPartition {
  /** True where the topic has lost nothing: all that was ever published is there. */
  readonly isWhole: boolean;
  readonly begin: number;
  /** The raw place of the first record of each raw log. */
  readonly firstPlaces: Map<string, RawPlace>;
  /** When the first window ends whose first revision is kept, microseconds. */
  firstWindowEnd: number | null;
}

/** The longest time for which a closed window may still get its first candle: the highest GRACE_MS. */
const graceMicrosMax = 3_600_000_000;

/**
 * How far back the topics go. The records of a partition are published in the order of the raw log, so that a document's id tells whether it is from before;
 * candles go by their windows, dead letters by their own offset.
 */
export class KeptRecords {
  readonly #partitions = new Map<string, KeptPartition>();
  readonly #logs = new Set<string>();
  readonly #partitionCounts = new Map<string, number>();

  /** A partition that is going to be read from `begin` on. */
  open(topic: string, partition: number, begin: number): void {
    const kept = { isWhole: begin === 0, begin, firstPlaces: new Map(), firstWindowEnd: null };
    this.#partitions.set(key(topic, partition), kept);
    this.#partitionCounts.set(topic, Math.max(partition + 1, this.#partitionCounts.get(topic) ?? 0));
  }

  /** A document that the partition holds, in the order of its offsets. */
  note(topic: string, partition: number, { kind, id, version }: KnownDocument): void {
    const kept = this.#partitions.get(key(topic, partition));
    if (kept === undefined) return;
    const log = splitId(id).log;
    this.#logs.add(log);
    if (kind === "candle") {
      if (kept.firstWindowEnd === null && version === 1) kept.firstWindowEnd = windowOf(id)?.endMicros ?? null;
    } else if (!kept.firstPlaces.has(log)) {
      const place = rawPlaceOf(id);
      if (place !== null) kept.firstPlaces.set(log, place);
    }
  }

  /** True where the topic has lost nothing in any of its partitions. */
  isWhole(topic: string): boolean {
    const count = this.#partitionCounts.get(topic) ?? 0;
    return Array.from({ length: count }).every((_, at) => this.#partitions.get(key(topic, at))?.isWhole !== false);
  }

  /** @param place what a dead letter says of itself, else null */
  reasonOf(topic: string, { kind, id }: KnownDocument, place: TopicPlace | null): UnmatchedReason {
    if (kind === "deadLetter") {
      const kept = place === null ? undefined : this.#partitions.get(key(topic, place.partition));
      return kept !== undefined && place !== null && place.offset < kept.begin ? "older" : this.#unexplained(id);
    }
    if (kind === "candle") {
      const window = windowOf(id);
      if (window === null) return "unexpected";
      const kept = this.#partitions.get(key(topic, partitionOf(window.symbol, this.#partitionCounts.get(topic) ?? 1)));
      const isPast =
        kept?.isWhole === false &&
        (kept.firstWindowEnd === null || window.endMicros <= kept.firstWindowEnd + graceMicrosMax);
      return isPast ? "older" : this.#unexplained(id);
    }
    const at = rawPlaceOf(id);
    if (at === null) return "unexpected";
    const kept = this.#partitions.get(key(topic, at.partition));
    if (kept === undefined || kept.isWhole) return this.#unexplained(id);
    const first = kept.firstPlaces.get(splitId(id).log);
    if (first === undefined) return "older";
    return at.offset < first.offset || (at.offset === first.offset && at.index < first.index) ? "older" : "unexpected";
  }

  #unexplained(id: string): UnmatchedReason {
    const isOurs = rawPlaceOf(id) !== null || windowOf(id) !== null;
    return isOurs && this.#logs.size > 0 && !this.#logs.has(splitId(id).log) ? "otherLog" : "unexpected";
  }
}

/** What tells a document's age. */
export interface KnownDocument {
  readonly kind: KindName;
  readonly id: string;
  readonly version: number;
}

function key(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
