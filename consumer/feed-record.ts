import type { z } from "zod";
import type { enrichedQuoteSchema } from "../domain/records/enriched-quote.ts";
import type { IncomingRecord } from "../runtime/kafka/types.ts";
import { type SourcePosition, sourcePosition } from "./source-position.ts";

/** A quote as the enriched feed publishes it. */
export type EnrichedQuote = z.output<typeof enrichedQuoteSchema>;

/** A record of another kind; more kinds may come, so that a reader passes over those that it does not know. */
export interface OtherRecord {
  readonly type: "trade" | "correction" | "cancel" | "bar" | "gap" | "candle" | "alert";
  /** Null where it is about every symbol (a gap). */
  readonly symbol: string | null;
  readonly [field: string]: unknown;
}

export type FeedValue = EnrichedQuote | OtherRecord;

/** One record of a feed. Its bytes are a view of what was fetched: copy them to keep them for long. */
export class FeedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The value exactly as it was published. */
  readonly bytes: Buffer;
  readonly #record: IncomingRecord;
  #value: FeedValue | undefined;
  #symbol: string | null | undefined;

  constructor(topic: string, partition: number, record: IncomingRecord) {
    this.topic = topic;
    this.partition = partition;
    this.offset = record.offset;
    this.bytes = record.value ?? Buffer.alloc(0);
    this.#record = record;
  }

  /** Null for a record about every symbol. */
  get symbol(): string | null {
    if (this.#symbol === undefined) this.#symbol = this.#record.key?.toString("utf8") ?? null;
    return this.#symbol;
  }

  /** The value, parsed when it is first asked for. Fields may have been added since this program was written: they are kept. */
  get value(): FeedValue {
    this.#value ??= JSON.parse(this.bytes.toString("utf8")) as FeedValue;
    return this.#value;
  }

  /** Which record of the raw log it was made from; null where the publisher does not say. */
  get source(): SourcePosition | null {
    return sourcePosition(this.#record.headers);
  }

  /** When the market data was received, microseconds since the epoch; null where the publisher does not say. */
  get receivedTimeMicros(): number | null {
    const header = this.#record.headers["received-time"];
    return header === undefined ? null : Number(header.toString("latin1"));
  }

  /** Whether the value is a quote, told without parsing it: `type` always stands first (P4). */
  get isQuote(): boolean {
    const { bytes } = this;
    if (bytes.length < quoteStart.length) return false;
    for (let index = 0; index < quoteStart.length; index++) if (bytes[index] !== quoteStart[index]) return false;
    return true;
  }
}

const quoteStart = Buffer.from('{"type":"quote"');
