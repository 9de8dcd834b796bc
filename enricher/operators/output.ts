import type { RejectReason } from "../../domain/messages/reject-reason.ts";
import type { Indicator } from "../../domain/records/indicator.ts";

/** The kinds of enriched records, by their `type`. */
export type EnrichedType = "quote" | "trade" | "correction" | "cancel" | "bar" | "gap";

/** Takes what the fold gives, in the order of D6: a list, or what publishes each at once. */
export interface OutputSink {
  push(output: Output): unknown;
}

/** One record to publish; its place among those of its raw record is its `source-index` (D6). */
export type Output =
  | {
      readonly stream: "enriched";
      /** The value's own `type`, for whoever counts. */
      readonly type: EnrichedType;
      /** Null for a gap that concerns every symbol of the partition. */
      readonly key: string | null;
      /** JSON in UTF-8. */
      readonly value: Uint8Array;
      /** The value's indicator, for whoever counts. */
      readonly indicator: Indicator | null;
    }
  | { readonly stream: "candles" | "alerts"; readonly key: string; readonly value: Uint8Array }
  | { readonly stream: "deadLetter"; readonly reason: RejectReason };
