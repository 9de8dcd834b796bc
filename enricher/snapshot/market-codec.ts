import type { PartitionState, SymbolState } from "../operators/state.ts";
import { groupAt } from "../operators/window-groups.ts";
import type { TumblingWindow } from "../operators/window-state.ts";
import { closeDueWindows, hasClosed } from "../operators/windows.ts";
import type { StateCodec } from "../unit/partition-fold.ts";
import { plainFromParsed, plainToJson } from "./plain-json.ts";

/** Raise it with every change of what `PartitionState` holds or means: older snapshots then cost a longer replay, and no start at all where the log is no longer kept from its beginning, unless `readableVersions` has their version. */
const schemaVersion = 2;
/** In version 1 a window had its start as text too. */
const readableVersions = [1, 2];

/** How the market's state is written down: `due` and `graced` follow from the symbols' windows and the clock, and are not. */
export const marketCodec: StateCodec<PartitionState> = {
  schemaVersion,
  readableVersions,
  symbols: (state) => state.symbols.keys(),
  symbolText(state, symbol) {
    const known = state.symbols.get(symbol);
    return known === undefined ? null : plainToJson(known);
  },
  partitionText({ symbols: _symbols, due: _due, graced: _graced, ...rest }) {
    return plainToJson(rest);
  },
  restore(partition, symbols) {
    const rest = plainFromParsed(partition) as Omit<PartitionState, "symbols" | "due" | "graced">;
    const state: PartitionState = { ...rest, symbols: new Map(), due: [], graced: [] };
    for (const [name, value] of symbols) {
      const symbol = currentSymbol(plainFromParsed(value) as SymbolState);
      state.symbols.set(name, symbol);
      for (const window of symbol.windows) {
        const groups = hasClosed(state, window) ? state.graced : state.due;
        groupAt(groups, window.endMicros, window.interval).symbols.push(symbol);
      }
    }
    // A symbol at rest was written before some of its windows were forgotten: time catches up with it here. Nothing is due that has not been closed.
    closeDueWindows(state, () => {});
    return state;
  },
};

function currentSymbol(symbol: SymbolState): SymbolState {
  return { ...symbol, windows: symbol.windows.map(currentWindow) };
}

function currentWindow({ startText: _, ...window }: TumblingWindow & { readonly startText?: string }): TumblingWindow {
  return window;
}
