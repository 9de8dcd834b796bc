import fc from "fast-check";
import type { Session } from "../../../domain/calendar/calendar.ts";
import { nyse } from "../../../domain/calendar/nyse.ts";
import type { Gap, Quote, Status } from "../../../domain/messages/raw-record.ts";
import type { PriceMicros } from "../../../domain/price/price.ts";
import { indicators } from "../../../domain/records/indicator.ts";
import { defaultSettings, settingsOf } from "../../../domain/settings.ts";
import { foldCancel, foldCorrection } from "../../../enricher/operators/amendments.ts";
import { advanceClock } from "../../../enricher/operators/clock.ts";
import { noteIndicator } from "../../../enricher/operators/flips.ts";
import { isIncomplete, noteGap } from "../../../enricher/operators/gaps.ts";
import { isHalted, noteStatus } from "../../../enricher/operators/halts.ts";
import { noteObserved, observedClose } from "../../../enricher/operators/observed-close.ts";
import { emptyState, type SymbolState, symbolState } from "../../../enricher/operators/state.ts";
import { symbolDay } from "../../../enricher/operators/symbol-day.ts";
import { foldTrade } from "../../../enricher/operators/trades.ts";
import type { TumblingWindow } from "../../../enricher/operators/window-state.ts";
import { closeDueWindows, windowFor } from "../../../enricher/operators/windows.ts";
import { type ExpectedCandle, expectedSteps } from "../../support/batch-oracle.ts";
import { holdContract } from "../../support/operator-contract.ts";
import { rounded } from "../../support/oracle-window.ts";
import { anyStream, type StreamEvent, textOf } from "../../support/random-stream.ts";
import { decodeText, quoteText } from "../../support/raw-log.ts";

const settings = settingsOf(defaultSettings(nyse.version));
const anyTime = fc.record({ micros: fc.integer({ min: 0, max: 20 }), nanos: fc.constantFrom(0, 1, 999) });
type Moment = { readonly micros: number; readonly nanos: number };
const isNotAfter = (a: Moment, b: Moment) => a.micros < b.micros || (a.micros === b.micros && a.nanos <= b.nanos);

/** What both sides say of a window's trades: prices and vwap in millionths. */
function actualText(symbol: SymbolState, { interval, nextRevision, trades }: TumblingWindow): string {
  const prices =
    trades === null || trades.priced === 0 ? [] : [trades.open, trades.high, trades.low, trades.close, trades.notional];
  return `${symbol.symbol} ${interval.name} r${nextRevision} ${prices.join(" ")} v${trades?.volume ?? 0} x${trades?.count ?? 0}`;
}

function expectedText({ symbol, interval, revision, trades }: ExpectedCandle): string {
  const { open, high, low, close } = trades?.prices ?? {};
  const notional = trades?.vwap == null ? 0n : rounded({ ...trades.vwap, divisor: 1n }, 1n);
  const prices = trades?.prices == null ? [] : [open, high, low, close, notional];
  return `${symbol} ${interval} r${revision} ${prices.join(" ")} v${trades?.volume ?? 0n} x${trades?.count ?? 0}`;
}

holdContract<StreamEvent>({
  name: "W4, W5, W7: windows of trades",
  inputs: anyStream.map((events) =>
    events.filter(({ kind }) => kind === "trade" || kind === "correction" || kind === "cancel"),
  ),
  start() {
    const state = emptyState(settings);
    const publish = (symbol: SymbolState, window: TumblingWindow) => {
      if ((window.trades?.count ?? 0) === 0 && window.nextRevision === 0) return [];
      const text = actualText(symbol, window);
      window.nextRevision++;
      return [text];
    };
    return (event) => {
      const record = decodeText(textOf(event));
      if (typeof record === "string" || !("micros" in record) || !("symbol" in record)) throw new Error("not a trade");
      const closed: string[] = [];
      advanceClock(state.clock, record.micros, settings);
      closeDueWindows(state, (symbol, window) => closed.push(...publish(symbol, window)));
      const symbol = symbolState(state, record.symbol);
      const revised =
        record.kind === "trade"
          ? foldTrade(state, symbol, record)
          : record.kind === "correction"
            ? foldCorrection(nyse, state, symbol, record)
            : record.kind === "cancel"
              ? foldCancel(nyse, state, symbol, record)
              : null;
      const isUnmatched = revised === null;
      return { closed, isUnmatched, revised: (revised ?? []).flatMap((window) => publish(symbol, window)) };
    };
  },
  batch: (inputs) =>
    expectedSteps(inputs).map(({ closed, enriched, revised }) => ({
      closed: closed.map(expectedText),
      isUnmatched: enriched?.unmatched ?? false,
      revised: revised.map(expectedText),
    })),
});

const sessions = ["2018-01-02", "2018-01-03", "2018-01-04"].map((date) => nyse.byDate(date) as Session);

holdContract({
  name: "C5: observed close",
  inputs: fc.array(
    fc.record({
      session: fc.integer({ min: 0, max: 2 }),
      // Seconds from the opening of regular hours, which last 23,400.
      second: fc.oneof(fc.integer({ min: -5, max: 23_405 }), fc.constantFrom(-1, 0, 100, 23_399, 23_400)),
      nanos: fc.constantFrom(0, 1, 999),
      price: fc.integer({ min: 1, max: 1_000_000_000 }).map((micros) => micros as PriceMicros),
    }),
  ),
  start() {
    const quote = decodeText(quoteText()) as Quote;
    const symbol = symbolState(emptyState(settings), "a");
    return ({ session: at, second, nanos, price }) => {
      const session = sessions[at] as Session;
      const micros = (session.openSeconds + second) * 1_000_000;
      const day = symbolDay(symbol, session);
      if (day !== null) noteObserved(day, session, { ...quote, micros, nanos, bid: price, ask: price });
      return sessions.map((one) => observedClose(nyse, symbol, one)?.price ?? null);
    };
  },
  batch: (inputs) =>
    inputs.map((_, index) =>
      [-1, 0, 1].map((before) => {
        const seen = inputs
          .slice(0, index + 1)
          .filter(({ session, second }) => session === before && second >= 0 && second < 23_400)
          .toSorted((a, b) => a.second - b.second || a.nanos - b.nanos);
        const last = seen.at(-1);
        return last === undefined ? null : 2 * last.price;
      }),
    ),
});

holdContract({
  name: "I3: flips",
  inputs: fc.array(fc.record({ time: anyTime, indicator: fc.constantFrom(null, ...indicators) })),
  start() {
    const symbol = symbolState(emptyState(settings), "a");
    return ({ time, indicator }) => {
      const day = symbolDay(symbol, sessions[0] as Session);
      return day === null ? null : noteIndicator(day, time, indicator);
    };
  },
  batch: (inputs) =>
    inputs.map((input, index) => {
      const inOrder = inputs
        .slice(0, index + 1)
        .filter((one, at) => inputs.slice(0, at).every((other) => isNotAfter(other.time, one.time)));
      const [before, now] = inOrder.slice(-2);
      if (before === undefined || now !== input || before.indicator === now.indicator) return null;
      return now.indicator === null ? null : before.indicator;
    }),
});

holdContract<Omit<Status, "kind" | "symbol">>({
  name: "Q2: halted",
  inputs: fc.array(
    fc
      .record({ code: fc.constantFrom("2", "H", "P", "Q", "3", "T", "?") })
      .chain((code) => anyTime.map((time) => ({ ...code, ...time }))),
    { maxLength: 8 },
  ),
  start() {
    const symbol = symbolState(emptyState(settings), "a");
    return (status) => {
      noteStatus(symbol, { kind: "status", symbol: "a", ...status });
      return Array.from({ length: 22 }, (_, micros) => isHalted(symbol, { micros, nanos: 1 }));
    };
  },
  batch: (inputs) =>
    inputs.map((_, index) =>
      Array.from({ length: 22 }, (_one, micros) => {
        const told = inputs
          .slice(0, index + 1)
          .filter((status) => status.code !== "?" && isNotAfter(status, { micros, nanos: 1 }))
          .toSorted((a, b) => a.micros - b.micros || a.nanos - b.nanos);
        return ["2", "H", "P", "Q"].includes(told.at(-1)?.code ?? "");
      }),
    ),
});

holdContract<{ readonly from: number; readonly length: number; readonly symbol: string | null }>({
  name: "W9: gaps",
  inputs: fc.array(
    fc.record({
      from: fc.integer({ min: 0, max: 600 }),
      length: fc.integer({ min: 0, max: 130 }),
      symbol: fc.constantFrom(null, "a", "B"),
    }),
    { maxLength: 40 },
  ),
  start() {
    const state = emptyState(settingsOf({ ...defaultSettings(nyse.version), intervals: ["1m"] }));
    const symbols = ["a", "B"].map((name) => symbolState(state, name));
    return ({ from, length, symbol }) => {
      const at = (seconds: number) => ({ micros: seconds * 1_000_000, nanos: 0 });
      const gap: Gap = { kind: "gap", symbol, from: at(from), to: at(from + length), reason: "" };
      noteGap(state, symbols.find((one) => one.symbol === symbol) ?? null, gap);
      return symbols.map((of) =>
        Array.from({ length: 12 }, (_, minute) => {
          const window = windowFor(state, of, state.settings.intervals[0] as never, minute * 60_000_000);
          return window !== null && isIncomplete(state, of, window);
        }),
      );
    };
  },
  batch: (inputs) =>
    inputs.map((_, index) =>
      ["a", "B"].map((name) =>
        Array.from({ length: 12 }, (_one, minute) =>
          inputs
            .slice(0, index + 1)
            .filter(({ symbol }) => symbol === null || symbol === name)
            .some(({ from, length }) => from < minute * 60 + 60 && from + length >= minute * 60),
        ),
      ),
    ),
});
