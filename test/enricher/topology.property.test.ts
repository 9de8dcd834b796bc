import fc from "fast-check";
import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { marketCodec } from "../../enricher/snapshot/market-codec.ts";
import { createTopology } from "../../enricher/topology.ts";
import { type ExpectedCandle, type ExpectedStep, expectedSteps, indicatorOf } from "../support/batch-oracle.ts";
import { deepFrozen } from "../support/operator-contract.ts";
import { type ExpectedQuotes, type ExpectedTrades, rounded } from "../support/oracle-window.ts";
import { anyStream, type StreamEvent, textOf, timeText } from "../support/random-stream.ts";
import {
  decodeText,
  foldEach,
  type Published,
  type ReadableOutput,
  readable,
  referenceText,
  settingsText,
  values,
} from "../support/raw-log.ts";

const previousClose = 200_000_000n;
const reference = referenceText("2018-01-03", { S: "a" });
const closeOf = (symbol: string) => (symbol === "a" ? previousClose : null);
const textsOf = (events: readonly StreamEvent[]) => [reference, ...events.map(textOf)];

/** Dollars as whole units of `scale`, for a wire number that has no more decimals. */
const units = (value: unknown, scale: number) => BigInt(Math.round(Number(value) * scale));
const wireTime = (time: bigint) => timeText(time).replace(/\.?0+Z$/, "Z");
const near = (a: bigint, b: bigint) => a - b <= 1n && b - a <= 1n;

const quoteKeys = ["open", "high", "low", "close", "timeWeightedAverage", "count", "spreadBps"];
const priceKeys = ["tradeOpen", "tradeHigh", "tradeLow", "tradeClose"];

function expectQuotes(actual: Readonly<Record<string, unknown>>, expected: ExpectedQuotes): void {
  for (const name of ["open", "high", "low", "close"] as const) {
    expect([name, units(actual[name], 1e6)]).toEqual([name, rounded({ dividend: expected[name], divisor: 2n }, 1n)]);
  }
  const { dividend, divisor } = expected.average;
  const average = rounded({ dividend, divisor: 2n * divisor }, 1n);
  expect(near(units(actual["timeWeightedAverage"], 1e6), average)).toBe(true);
  expect(near(units(actual["spreadBps"], 1e4), rounded(expected.spreadBps, 10_000n))).toBe(true);
  expect(actual["count"]).toBe(expected.count);
}

function expectTrades(
  actual: Readonly<Record<string, unknown>>,
  { prices, vwap, volume, count }: ExpectedTrades,
): void {
  const wanted = prices === null ? [] : [prices.open, prices.high, prices.low, prices.close];
  expect(priceKeys.filter((key) => key in actual).map((key) => units(actual[key], 1e6))).toEqual(wanted);
  expect("vwap" in actual ? units(actual["vwap"], 1e6) : null).toEqual(vwap === null ? null : rounded(vwap, 1n));
  expect([actual["volume"], actual["tradeCount"]]).toEqual([Number(volume), count]);
}

function expectCandle(actual: Readonly<Record<string, unknown>>, expected: ExpectedCandle): void {
  const { symbol, interval, start, end, revision, quotes, trades } = expected;
  expect(actual).toMatchObject({ symbol, interval, start: wireTime(start), end: wireTime(end), revision });
  if (quotes === null) expect(quoteKeys.filter((key) => key in actual)).toEqual([]);
  else expectQuotes(actual, quotes);
  if (trades === null) expect(Object.keys(actual).filter((key) => /trade|volume|vwap/.test(key))).toEqual([]);
  else expectTrades(actual, trades);
  expectChange(actual, quotes?.close ?? null, symbol);
  expect(actual["incomplete"]).toBe(expected.incomplete ? true : undefined);
}

/** @param price half millionths */
function expectChange(actual: Readonly<Record<string, unknown>>, price: bigint | null, symbol: string): void {
  if (price === null || symbol !== "a") {
    expect([actual["percentChange"], actual["indicator"]]).toEqual([null, null]);
    return;
  }
  const change = { dividend: price - previousClose, divisor: previousClose };
  expect(units(actual["percentChange"], 1e4)).toBe(rounded(change, 1_000_000n));
  const beyond = 20n * (change.dividend < 0n ? -change.dividend : change.dividend) >= change.divisor;
  expect(actual["indicator"]).toBe(!beyond ? "Neutral" : change.dividend > 0n ? "Bullish" : "Bearish");
}

type Enriched = NonNullable<ExpectedStep["enriched"]>;

function expectEnriched(actual: Published, event: StreamEvent, expected: Enriched): void {
  expect(actual["type"]).toBe(event.kind);
  if (event.kind === "gap") {
    expect([actual["from"], actual["to"]]).toEqual([wireTime(event.time - event.span), wireTime(event.time)]);
    return;
  }
  expect(actual["eventTime"]).toBe(wireTime(event.time));
  const quality = actual["quality"] as readonly string[];
  expect(quality.includes("late")).toBe(expected.late);
  expect(quality.includes("halted")).toBe(expected.halted);
  expect(quality.includes("unmatched")).toBe(expected.unmatched);
  const hasClose = event.kind === "quote" || event.kind === "trade";
  expect(quality.includes("noPreviousClose")).toBe(hasClose && event.symbol !== "a");
  if (event.kind === "trade") expectChange(actual, 2n * event.price, event.symbol);
  if (event.kind === "quote") expectQuote(actual, event, expected);
}

function expectQuote(actual: Published, event: StreamEvent, { usable, windows }: Enriched): void {
  const mid = event.bid + event.ask;
  expect([units(actual["bidPrice"], 1e6), units(actual["askPrice"], 1e6)]).toEqual([event.bid, event.ask]);
  const midPrice = actual["midPrice"] === null ? null : units(actual["midPrice"], 1e6);
  expect(midPrice).toBe(usable ? rounded({ dividend: mid, divisor: 2n }, 1n) : null);
  expectChange(actual, usable ? mid : null, event.symbol);
  const faults = ["oneSided", "crossed", "wide", "nonFirm"];
  expect((actual["quality"] as readonly string[]).some((flag) => faults.includes(flag))).toBe(!usable);
  expect(Object.keys(actual.windows)).toEqual(windows.map((window) => window.interval));
  for (const { interval, start, quotes } of windows) {
    const running = actual.windows[interval] ?? {};
    expect(running["start"]).toBe(wireTime(start));
    expect(Object.keys(running).slice(1)).toEqual(quoteKeys);
    if (quotes !== null) expectQuotes(running, quotes);
  }
}

function expectFlip(actual: Published | undefined, event: StreamEvent, from: string): void {
  const { symbol, time } = event;
  const to = indicatorOf(event, previousClose);
  expect(actual).toMatchObject({ kind: "indicatorFlip", symbol, eventTime: wireTime(time), from, to });
  expect(units(actual?.["midPrice"], 1e6)).toBe(rounded({ dividend: event.bid + event.ask, divisor: 2n }, 1n));
}

it("W1 to W9, I3, D6: the incremental fold equals a naive batch in whole numbers, record by record", () => {
  fc.assert(
    fc.property(anyStream, (events) => {
      const steps = foldEach(textsOf(events)).slice(1);
      for (const [index, expected] of expectedSteps(events, closeOf).entries()) {
        const [event, outputs] = [events[index], steps[index] ?? []];
        if (event === undefined) throw new Error("each step has its event");
        const { closed, enriched, revised, flippedFrom, dead } = expected;
        expect(outputs.map((output) => output.stream)).toEqual([
          ...closed.map(() => "candles"),
          ...(enriched === null ? [] : ["enriched"]),
          ...revised.map(() => "candles"),
          ...(flippedFrom === null ? [] : ["alerts"]),
          ...(dead === null ? [] : ["deadLetter"]),
        ]);
        const candles = values(outputs, "candles");
        for (const [at, candle] of [...closed, ...revised].entries()) expectCandle(candles[at] ?? {}, candle);
        const [record] = values(outputs, "enriched");
        if (enriched !== null && record !== undefined) expectEnriched(record, event, enriched);
        if (flippedFrom !== null) expectFlip(values(outputs, "alerts")[0], event, flippedFrom);
      }
    }),
    { numRuns: 300 },
  );
});

it("the same records always give the same outputs, to the byte", () => {
  fc.assert(
    fc.property(anyStream, (events) => {
      expect(foldEach(textsOf(events))).toEqual(foldEach(textsOf(events)));
    }),
    { numRuns: 50 },
  );
});

it("a record is never changed by its fold", () => {
  const topology = createTopology(nyse);
  fc.assert(
    fc.property(anyStream, (events) => {
      const records = textsOf(events).map((text) => deepFrozen(decodeText(text)));
      const before = structuredClone(records);
      const state = topology.initial();
      const outputs = records.map((record) => topology.fold(state, record).map(readable));
      expect(records).toEqual(before);
      expect(outputs).toEqual(foldEach(textsOf(events)));
    }),
    { numRuns: 50 },
  );
});

it("folding in two halves, the state copied in between, equals folding in one go", () => {
  const topology = createTopology(nyse);
  fc.assert(
    fc.property(anyStream, fc.nat(60), (events, cut) => {
      const records = textsOf(events).map((text) => decodeText(text));
      let state = topology.initial();
      const outputs: ReadableOutput[][] = [];
      for (const [index, record] of records.entries()) {
        if (index === cut) {
          const copy = structuredClone(state);
          // What the old state is folded with from here on must not reach the copy.
          for (const other of records) topology.fold(state, other);
          state = copy;
        }
        outputs.push(topology.fold(state, record).map(readable));
      }
      expect(outputs).toEqual(foldEach(textsOf(events)));
    }),
    { numRuns: 100 },
  );
});

/** Settings whose windows have other lengths, and the usual ones. */
const otherSettings = [settingsText({ intervals: ["30s", "1m"] }), settingsText()];

it("D2: a state read again from what was written of the symbols that have changed goes on as if it had never stopped", () => {
  const topology = createTopology(nyse);
  const anyInsert = fc.record({ at: fc.nat(60), settings: fc.constantFrom(...otherSettings) });
  fc.assert(
    fc.property(anyStream, fc.array(anyInsert, { maxLength: 3 }), fc.array(fc.nat(60)), (events, inserts, cuts) => {
      const texts = textsOf(events);
      for (const { at, settings } of inserts) texts.splice(at, 0, settings);
      let state = topology.initial();
      const written = new Map<string, string>();
      const touched = new Set<string>();
      const outputs = texts.map((text, index) => {
        const record = decodeText(text);
        const given = topology.fold(state, record).map(readable);
        if (typeof record === "object" && "symbol" in record && record.symbol !== null) touched.add(record.symbol);
        for (const output of given) if (output.stream === "candles") touched.add(output.key);
        if (!cuts.includes(index)) return given;
        for (const symbol of touched) written.set(symbol, marketCodec.symbolText(state, symbol) ?? "");
        touched.clear();
        const symbols = new Map(
          [...written].flatMap(([key, value]) => (value === "" ? [] : [[key, JSON.parse(value)]])),
        );
        state = marketCodec.restore(JSON.parse(marketCodec.partitionText(state)), symbols);
        return given;
      });
      expect(outputs).toEqual(foldEach(texts));
    }),
    { numRuns: 300 },
  );
});
