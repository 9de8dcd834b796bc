import type { Gap } from "../../domain/messages/raw-record.ts";
import type { PartitionState, SymbolState } from "./state.ts";
import type { TumblingWindow } from "./window-state.ts";

/** A span of time in which records may be missing, both ends included. Microseconds since the epoch. */
export interface GapSpan {
  readonly fromMicros: number;
  readonly toMicros: number;
}

/** Beyond it the two oldest become one, with the time between them: better a candle that is called incomplete than one that hides a hole. */
const spansMax = 64;

/** No interval is longer than an hour (W3): a hole that ended so long before the grace touches no candle to come. */
const intervalMicrosMax = 3_600_000_000;

/** Takes a gap of one symbol or of all (W9): from here on the windows that it touches are incomplete, those to come too. */
export function noteGap(state: PartitionState, symbol: SymbolState | null, gap: Gap): void {
  const span = { fromMicros: gap.from.micros, toMicros: gap.to.micros };
  const oldestMicros = state.clock.forgottenMicros - intervalMicrosMax;
  if (symbol === null) state.gaps = withSpan(state.gaps, span, oldestMicros);
  else symbol.gaps = withSpan(symbol.gaps, span, oldestMicros);
}

/** W9: whether a gap touches the window. */
export function isIncomplete(state: PartitionState, symbol: SymbolState, window: TumblingWindow): boolean {
  return (
    (state.gaps.length > 0 && state.gaps.some((span) => touches(span, window))) ||
    (symbol.gaps.length > 0 && symbol.gaps.some((span) => touches(span, window)))
  );
}

function touches({ fromMicros, toMicros }: GapSpan, window: TumblingWindow): boolean {
  return fromMicros < window.endMicros && toMicros >= window.startMicros;
}

function withSpan(spans: readonly GapSpan[], span: GapSpan, oldestMicros: number): readonly GapSpan[] {
  const kept = [...spans, span]
    .filter(({ toMicros }) => toMicros > oldestMicros)
    .sort((a, b) => a.fromMicros - b.fromMicros || a.toMicros - b.toMicros);
  const merged: GapSpan[] = [];
  for (const next of kept) {
    const last = merged.at(-1);
    if (last !== undefined && next.fromMicros <= last.toMicros) merged[merged.length - 1] = hull(last, next);
    else merged.push(next);
  }
  const [oldest, second, ...rest] = merged;
  return merged.length > spansMax && oldest !== undefined && second !== undefined
    ? [hull(oldest, second), ...rest]
    : merged;
}

function hull(a: GapSpan, b: GapSpan): GapSpan {
  return { fromMicros: Math.min(a.fromMicros, b.fromMicros), toMicros: Math.max(a.toMicros, b.toMicros) };
}
