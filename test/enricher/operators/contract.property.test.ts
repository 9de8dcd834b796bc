import fc from "fast-check";
import { nyse } from "../../../domain/calendar/nyse.ts";
import type { Heartbeat, Quote, Reference } from "../../../domain/messages/raw-record.ts";
import type { PriceMicros } from "../../../domain/price/price.ts";
import { changeOf } from "../../../domain/records/change.ts";
import { defaultSettings, settingsOf } from "../../../domain/settings.ts";
import { advanceClock, isFromTheFuture, noteHeartbeat } from "../../../enricher/operators/clock.ts";
import { unusableBecause } from "../../../enricher/operators/quality.ts";
import { foldQuote } from "../../../enricher/operators/quotes.ts";
import { noteReference, previousCloseOf } from "../../../enricher/operators/reference.ts";
import { emptyState, symbolState } from "../../../enricher/operators/state.ts";
import { closeDueWindows, runningWindows } from "../../../enricher/operators/windows.ts";
import { type ExpectedWindow, expectedSteps } from "../../support/batch-oracle.ts";
import { holdContract } from "../../support/operator-contract.ts";
import { rounded } from "../../support/oracle-window.ts";
import { anyStream, type StreamEvent, textOf } from "../../support/random-stream.ts";
import { decodeText, quoteText } from "../../support/raw-log.ts";

const settings = settingsOf(defaultSettings(nyse.version));
const anyPrice = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 10_000_000_000_000 }));

/** What decoding gives of a quote: of an event, or of any quote. */
function quoteOf(event?: StreamEvent): Quote {
  const record = decodeText(event === undefined ? quoteText() : textOf(event));
  if (typeof record === "string" || record.kind !== "quote") throw new Error("the event is a quote");
  return record;
}

holdContract({
  name: "Q1, Q2: quality",
  inputs: fc.array(
    fc.record({
      bid: anyPrice,
      ask: anyPrice,
      conditions: fc.subarray(["R", "N", "F", "?"]),
      tape: fc.constantFrom("A", "B", "C"),
      limit: fc.constantFrom(1, 5000, 100_000, 2_000_000),
    }),
  ),
  start() {
    const quote = quoteOf();
    return ({ bid, ask, conditions, tape, limit }) =>
      unusableBecause({ ...quote, bid: bid as PriceMicros, ask: ask as PriceMicros, conditions, tape }, limit);
  },
  batch: (inputs) =>
    inputs.map(({ bid, ask, conditions, tape, limit }) => {
      const flags: string[] = [];
      const wide = 2n * BigInt(ask - bid) * 1_000_000n > BigInt(limit) * BigInt(ask + bid);
      if (bid === 0 || ask === 0) flags.push("oneSided");
      if (flags.length === 0 && bid > ask) flags.push("crossed");
      if (flags.length === 0 && wide) flags.push("wide");
      if (conditions.includes("N") || (conditions.includes("F") && tape !== "C")) flags.push("nonFirm");
      return flags;
    }),
});

holdContract({
  name: "I1: indicator",
  inputs: fc.array(
    fc.record({
      mid: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 20_000_000_000_000 })),
      previousClose: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 2000, max: 20_000_000_000_000 })),
      threshold: fc.constantFrom(1, 50_000, 10_000_000),
    }),
  ),
  start:
    () =>
    ({ mid, previousClose, threshold }) =>
      changeOf(mid, previousClose, threshold),
  batch: (inputs) =>
    inputs.map(({ mid, previousClose, threshold }) => {
      const [dividend, divisor] = [BigInt(mid) - BigInt(previousClose), BigInt(previousClose)];
      const reach = BigInt(threshold) * divisor;
      return {
        percentTenThousandths: Number(rounded({ dividend, divisor }, 1_000_000n)),
        indicator: dividend * 1_000_000n >= reach ? "Bullish" : dividend * 1_000_000n <= -reach ? "Bearish" : "Neutral",
      };
    }),
});

const sessionDates = ["2018-01-02", "2018-01-03", "2018-01-04"];

holdContract<Reference>({
  name: "C4: reference",
  inputs: fc.array(
    fc.record({
      kind: fc.constant("reference" as const),
      symbol: fc.constantFrom("a", "B"),
      sessionDate: fc.constantFrom(...sessionDates),
      previousClose: fc.integer({ min: 1, max: 1_000_000_000 }).map((micros) => micros as PriceMicros),
      previousCloseDate: fc.constantFrom("2017-12-29", "2018-01-02"),
    }),
  ),
  start() {
    const state = emptyState(settings);
    return (reference) => {
      const symbol = symbolState(state, reference.symbol);
      noteReference(symbol, reference);
      return sessionDates.map((date) => previousCloseOf(nyse, symbol, nyse.byDate(date))?.price ?? null);
    };
  },
  batch: (inputs) =>
    inputs.map(({ symbol }, index) =>
      sessionDates.map((date) => {
        const told = inputs
          .slice(0, index + 1)
          .filter((other) => other.symbol === symbol && other.sessionDate === date);
        const last = told.at(-1);
        return last === undefined ? null : 2 * last.previousClose;
      }),
    ),
});

type Moment = Omit<Heartbeat, "kind"> & { readonly isHeartbeat: boolean };
const nanosOf = ({ micros, nanos }: Moment) => BigInt(micros) * 1000n + BigInt(nanos);

holdContract<Moment>({
  name: "W2, W8: clock",
  inputs: fc.array(
    fc.record({
      isHeartbeat: fc.boolean(),
      micros: fc.oneof(fc.integer({ min: 0, max: 20_000_000 }), fc.constantFrom(0, 5_000_000, 10_000_000)),
      nanos: fc.constantFrom(0, 1, 999),
    }),
  ),
  start() {
    const { clock } = emptyState(settings);
    return (moment) => {
      if (moment.isHeartbeat) noteHeartbeat(clock, moment);
      const passes = moment.isHeartbeat || !isFromTheFuture(clock, moment, 5000);
      if (passes) advanceClock(clock, moment.micros, settings);
      return { passes, watermarkMicros: clock.watermarkMicros };
    };
  },
  batch(inputs) {
    const passes = inputs.map((moment, index) => {
      const before = inputs.slice(0, index).filter((other) => other.isHeartbeat);
      if (moment.isHeartbeat || before.length === 0) return true;
      return before.some((heartbeat) => nanosOf(moment) <= nanosOf(heartbeat) + 5_000_000_000n);
    });
    return inputs.map((_, index) => {
      const moved = inputs.filter((_other, at) => at <= index && passes[at]).map((moment) => moment.micros);
      return { passes: passes[index], watermarkMicros: Math.max(...moved) - 1_000_000 };
    });
  },
});

/** What both sides say of a window's quotes: mids are in half millionths. */
function summary(window: { open: unknown; high: unknown; low: unknown; close: unknown; count: number }): string {
  return `${window.open} ${window.high} ${window.low} ${window.close} x${window.count}`;
}

holdContract<StreamEvent>({
  name: "W3 to W6: windows of quotes",
  inputs: anyStream.map((events) =>
    events.map((event) => {
      const bid = event.bid === 0n ? 1n : event.bid;
      const ask = event.ask < bid || 20n * (event.ask - bid) > event.ask + bid ? bid : event.ask;
      return { ...event, kind: "quote" as const, bid, ask, conditions: [] };
    }),
  ),
  start() {
    const state = emptyState(settings);
    return (event) => {
      const quote = quoteOf(event);
      const symbol = symbolState(state, quote.symbol);
      const closed: string[] = [];
      advanceClock(state.clock, quote.micros, settings);
      closeDueWindows(state, (of, window) => closed.push(`${of.symbol} ${window.interval.name} ${summary(window)}`));
      const revised = (foldQuote(state, symbol, quote) ?? []).map(
        (window) => `${window.interval.name} ${summary(window)}`,
      );
      const running = runningWindows(state, symbol, quote.micros);
      return { closed, revised, running: running.map((window) => `${window.interval.name} ${summary(window)}`) };
    };
  },
  batch(inputs) {
    const textOfWindow = ({ interval, quotes }: ExpectedWindow) =>
      `${interval} ${quotes === null ? "" : summary(quotes)}`;
    return expectedSteps(inputs).map(({ closed, revised, enriched }) => ({
      closed: closed.map((window) => `${window.symbol} ${textOfWindow(window)}`),
      revised: revised.map(textOfWindow),
      running: (enriched?.windows ?? []).map(textOfWindow),
    }));
  },
});
