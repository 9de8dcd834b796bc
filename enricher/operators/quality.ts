import { isNonFirm } from "../../domain/messages/quote-conditions.ts";
import type { Quote } from "../../domain/messages/raw-record.ts";
import { compareProducts } from "../../domain/price/ratio.ts";
import type { QualityFlag } from "../../domain/records/quality.ts";

/** Why a quote is not usable (Q1), in the order of Q2; empty for a usable one. `wide` is only asked of two uncrossed sides. */
export function unusableBecause(quote: Quote, maxSpreadMillionths: number): readonly QualityFlag[] {
  const { bid, ask } = quote;
  const fault =
    bid === 0 || ask === 0 ? "oneSided" : bid > ask ? "crossed" : isWide(bid, ask, maxSpreadMillionths) ? "wide" : null;
  if (quote.conditions.length > 0 && isNonFirm(quote.conditions, quote.tape)) {
    return fault === null ? nonFirmOnly : [fault, "nonFirm"];
  }
  return fault === null ? noFlags : [fault];
}

/** The flags of a record: its own faults, then what its symbol and its time add, in the order of Q2. */
export function qualityOf(
  faults: readonly QualityFlag[],
  noPreviousClose: boolean,
  late: boolean,
  halted: boolean,
): readonly QualityFlag[] {
  if (!noPreviousClose && !late && !halted) return faults;
  const flags: QualityFlag[] = [...faults];
  if (noPreviousClose) flags.push("noPreviousClose");
  if (late) flags.push("late");
  if (halted) flags.push("halted");
  return flags;
}

/** The quality of a record that nothing is wrong with. */
export const noFlags: readonly QualityFlag[] = Object.freeze([]);

const nonFirmOnly: readonly QualityFlag[] = Object.freeze(["nonFirm"] as const);

/** (ask - bid) / mid > the limit, by integers: the mid is half the sum. */
function isWide(bid: number, ask: number, maxSpreadMillionths: number): boolean {
  return compareProducts(ask - bid, 2_000_000, maxSpreadMillionths, ask + bid) > 0;
}
