/** What a trade counts for in a bar: high, low, open, close and volume; the volume alone; or nothing at all. */
export type CountsFor = "all" | "volume" | "nothing";

/**
 * What a trade with these sale conditions counts for under Alpaca's rules for minute bars; of several conditions the strictest wins (W5).
 * `@`, a blank and no condition at all are a regular sale. So is a code that nobody has a rule for: a print that the tape counts is better shown than
 * lost, and what is not to count is on the list.
 * @param tape A and B go by the CTA's codes, C by the UTP's; an unknown tape by the CTA's
 * @see https://docs.alpaca.markets/docs/market-data-faq#how-are-bars-aggregated
 */
export function countsFor(conditions: readonly string[], tape: string): CountsFor {
  let result: CountsFor = "all";
  const volumeOnly = tape === "C" ? volumeOnlyUtp : volumeOnlyCta;
  for (const condition of conditions) {
    if (condition === "@") continue;
    if (nothing.has(condition)) return "nothing";
    if (volumeOnly.has(condition)) result = "volume";
  }
  return result;
}

/** The official close and open repeat a print, and the corrected consolidated close is no trade: M, Q and 9 on every tape. */
const nothing: ReadonlySet<string> = new Set("MQ9");

/** Average price, cash, price variation, odd lot, next day, prior reference, seller, sold late, contingent, out of sequence, derivatively priced. */
const volumeOnlyCta: ReadonlySet<string> = new Set("BCHINPRUVZ47");

/** The same on tape C, where B is a bunched trade that counts, W the average price and G bunched sold. */
const volumeOnlyUtp: ReadonlySet<string> = new Set("CGHINPRUVWZ47");
