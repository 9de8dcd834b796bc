import type { Interval } from "../../domain/settings.ts";
import type { SymbolState } from "./state.ts";
import type { TumblingWindow, WindowGroup } from "./window-state.ts";

/** The group of windows with this end and interval, made in its place where it is new: soonest end first, then shortest. */
export function groupAt(groups: WindowGroup[], endMicros: number, interval: Interval): WindowGroup {
  let at = groups.length;
  for (; at > 0; at--) {
    const group = groups[at - 1];
    if (group === undefined || group.endMicros < endMicros) break;
    if (group.endMicros === endMicros) {
      if (group.interval.micros === interval.micros) return group;
      if (group.interval.micros < interval.micros) break;
    }
  }
  const group: WindowGroup = { endMicros, interval, symbols: [] };
  groups.splice(at, 0, group);
  return group;
}

/** The group's symbols in code-unit order (D6). */
export function symbolsInOrder({ symbols }: WindowGroup): readonly SymbolState[] {
  return symbols.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** Windows of one symbol by end, then shortest first: the order of their revised candles. */
export function inOrderOfEnd(windows: TumblingWindow[]): readonly TumblingWindow[] {
  return windows.sort((a, b) => a.endMicros - b.endMicros || a.interval.micros - b.interval.micros);
}
