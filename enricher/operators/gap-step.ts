import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Gap } from "../../domain/messages/raw-record.ts";
import { gapJson } from "../../domain/records/gap.ts";
import { publishCandle } from "./candle-output.ts";
import { isIncomplete, noteGap } from "./gaps.ts";
import type { OutputSink } from "./output.ts";
import { type PartitionState, type SymbolState, symbolState } from "./state.ts";
import { symbolsInOrder } from "./window-groups.ts";
import type { TumblingWindow } from "./window-state.ts";
import { placeOf } from "./windows.ts";

/**
 * A gap, which has no time of its own and moves none (W9): its record, and the published candles inside the grace that it makes incomplete, revised.
 * A gap of every symbol stands on every partition of the raw log, and is published on each: it is told wherever the symbols that it concerns are read.
 */
export function stepGap(calendar: TradingCalendar, state: PartitionState, gap: Gap, outputs: OutputSink): void {
  const symbol = gap.symbol === null ? null : symbolState(state, gap.symbol);
  const complete = publishedWindows(state, symbol).filter(([owner, window]) => !isIncomplete(state, owner, window));
  noteGap(state, symbol, gap);
  outputs.push({ stream: "enriched", type: "gap", key: gap.symbol, value: gapJson(gap), indicator: null });
  for (const [owner, window] of complete) {
    if (isIncomplete(state, owner, window)) publishCandle(calendar, state, owner, window, outputs);
  }
}

/** The closed windows inside the grace whose candle is published, of one symbol or of all: by end, interval and symbol, as in D6. */
function publishedWindows(
  state: PartitionState,
  only: SymbolState | null,
): readonly (readonly [SymbolState, TumblingWindow])[] {
  return state.graced.flatMap((group) =>
    symbolsInOrder(group).flatMap((symbol) => {
      if (only !== null && symbol !== only) return [];
      const window = symbol.windows[placeOf(symbol, group.interval, group.endMicros)];
      return window === undefined || window.nextRevision === 0 ? [] : [[symbol, window] as const];
    }),
  );
}
