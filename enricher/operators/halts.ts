import type { Status } from "../../domain/messages/raw-record.ts";
import type { EventTime } from "../../domain/time/event-time.ts";
import { compareTimes } from "../../domain/time/event-time.ts";
import type { SymbolState } from "./state.ts";

/** Of a symbol, so that its memory is bounded: a volatility pause takes three, and ten of them make an extraordinary day. */
const statusesMax = 32;

/**
 * Takes a trading status, by its event time (W1). Halted are the CTA's 2 and the UTP's H, P (a volatility pause) and Q (quotes may be sent, trades not
 * yet); the CTA's 3 and the UTP's T resume. The codes do not overlap, so that the tape need not be asked. Any other says nothing of a halt.
 * @see https://docs.alpaca.markets/docs/real-time-stock-pricing-data#trading-status
 */
export function noteStatus(symbol: SymbolState, { micros, nanos, code }: Status): void {
  const halted = haltCodes.has(code);
  if (!halted && !resumeCodes.has(code)) return;
  const status = { micros, nanos, halted };
  const later = symbol.statuses.findIndex((other) => compareTimes(other, status) > 0);
  const at = later === -1 ? symbol.statuses.length : later;
  symbol.statuses = symbol.statuses.toSpliced(at, 0, status).slice(-statusesMax);
}

/** True where the symbol was halted at a moment, as far as the log has told: by the last status not after it. */
export function isHalted(symbol: SymbolState, time: EventTime): boolean {
  const { statuses } = symbol;
  for (let at = statuses.length - 1; at >= 0; at--) {
    const status = statuses[at];
    if (status !== undefined && compareTimes(status, time) <= 0) return status.halted;
  }
  return false;
}

const haltCodes: ReadonlySet<string> = new Set(["2", "H", "P", "Q"]);
const resumeCodes: ReadonlySet<string> = new Set(["3", "T"]);
