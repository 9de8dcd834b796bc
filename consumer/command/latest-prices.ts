import type { LatestPrice } from "../../runtime/metrics/report.ts";
import type { FeedRecord } from "../feed-record.ts";

/** The newest price of each symbol. Values are parsed when asked for, not as they stream by: a few a second instead of thousands. */
export class LatestPrices {
  readonly #unparsed = new Map<string, FeedRecord<"quote">>();
  readonly #prices = new Map<string, LatestPrice>();

  note(record: FeedRecord<"quote">): void {
    if (record.symbol !== null) this.#unparsed.set(record.symbol, record);
  }

  snapshot(): readonly LatestPrice[] {
    for (const [symbol, record] of this.#unparsed) {
      const { midPrice, percentChange = null, indicator = null } = record.value;
      // An unusable quote has no mid; the one before it still stands.
      if (typeof midPrice === "number") this.#prices.set(symbol, { symbol, midPrice, percentChange, indicator });
    }
    this.#unparsed.clear();
    return [...this.#prices.values()];
  }
}
