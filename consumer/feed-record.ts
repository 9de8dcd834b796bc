import { headerOf, valueText } from "../runtime/kafka/fetched-record.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";
import { kindOf } from "./record-kind.ts";
import { type SourcePosition, sourcePosition } from "./source-position.ts";
import type { RecordKind, Values } from "./values.ts";

/** One record of a feed, whatever its kind. */
interface AnyRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The value exactly as it was published: a view of what was fetched, to be copied by who keeps it for long. */
  readonly bytes: Buffer;
  /** Null for a record about every symbol. */
  readonly symbol: string | null;
  /** Which record of the raw log it was made from; null where the publisher does not say. */
  readonly source: SourcePosition | null;
  /** When the market data was received, microseconds since the epoch; null where the publisher does not say. */
  readonly receivedTimeMicros: number | null;
  /** When it was published, by Kafka's clock, milliseconds since the epoch. */
  readonly publishedTimeMs: number;
}

/**
 * One record of a feed: `kind` tells which, and with it what `value` is. The value is parsed when it is first asked for; fields may have been
 * added since this program was written, and a product may leave out columns.
 */
export type FeedRecord<Kind extends RecordKind = RecordKind> = {
  readonly [K in Kind]: AnyRecord & { readonly kind: K; readonly value: Values[K] };
}[Kind];

/** Wraps what was fetched. Nothing of it is looked into before it is asked for. */
export function feedRecord(topic: string, partition: number, record: IncomingRecord): FeedRecord {
  return new LazyRecord(topic, partition, record) as AnyRecord as FeedRecord;
}

/** The value, parsed anew: a reader of values lets go of each when it has it, where the records of a whole batch would keep theirs. */
export function parsedValue(record: FeedRecord): unknown {
  return record instanceof LazyRecord ? record.parsed() : record.value;
}

/** Its batch was let go of: nothing is read of it any more. */
export function forget(record: FeedRecord): void {
  if (record instanceof LazyRecord) record.forget();
}

class LazyRecord implements AnyRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  #fetched: IncomingRecord | null;
  #kind: RecordKind | undefined;
  #value: unknown;
  #symbol: string | null | undefined;

  constructor(topic: string, partition: number, record: IncomingRecord) {
    this.topic = topic;
    this.partition = partition;
    this.offset = record.offset;
    this.#fetched = record;
  }

  forget(): void {
    this.#fetched = null;
  }

  get #record(): IncomingRecord {
    if (this.#fetched !== null) return this.#fetched;
    throw new RangeError(
      `The record at ${this.topic}/${this.partition}, offset ${this.offset}, was let go of with its batch`,
    );
  }

  get bytes(): Buffer {
    return this.#record.value ?? noBytes;
  }

  get kind(): RecordKind {
    this.#kind ??= kindOf(this.#record);
    return this.#kind;
  }

  get symbol(): string | null {
    if (this.#symbol === undefined) this.#symbol = this.#record.key?.toString("utf8") ?? null;
    return this.#symbol;
  }

  get value(): unknown {
    this.#value ??= this.parsed();
    return this.#value;
  }

  parsed(): unknown {
    const text = valueText(this.#record) ?? "";
    return this.kind === "unknown" ? parsedOrEmpty(text) : JSON.parse(text);
  }

  get source(): SourcePosition | null {
    return sourcePosition(this.#record);
  }

  get receivedTimeMicros(): number | null {
    const header = headerOf(this.#record, "received-time");
    return header === undefined ? null : Number(header.toString("latin1"));
  }

  get publishedTimeMs(): number {
    return this.#record.timestampMs;
  }
}

/** Of a record that is no JSON nothing can be said: a tombstone, or another program's. */
function parsedOrEmpty(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const noBytes = Buffer.alloc(0);
