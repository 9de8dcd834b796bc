/**
 * True where a condition says that the quote is not firm: closed, non-firm, imbalance, no open, auction; E and F on tapes A and B
 * (on tape C `F` means fast trading). Unknown codes are firm (Q1).
 * @see https://docs.alpaca.markets/docs/market-data-faq (quote conditions, from the CTS/CQS and UTP output specifications)
 */
export function isNonFirm(conditions: readonly string[], tape: string): boolean {
  for (const condition of conditions) {
    if (condition === "R") continue;
    if (nonFirm.has(condition) || (nonFirmOnTapesAB.has(condition) && (tape === "A" || tape === "B"))) return true;
  }
  return false;
}

const nonFirm: ReadonlySet<string> = new Set(["C", "L", "N", "U", "I", "X", "Z", "4"]);
const nonFirmOnTapesAB: ReadonlySet<string> = new Set(["E", "F"]);
