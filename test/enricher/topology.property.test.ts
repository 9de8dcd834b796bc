import fc from "fast-check";
import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { decodeRaw } from "../../domain/messages/decode.ts";
import { createTopology, type Output } from "../../enricher/topology.ts";
import { type ExpectedWindow, expectedSteps, rounded } from "../support/batch-oracle.ts";
import { deepFrozen } from "../support/operator-contract.ts";
import { anyStream, type StreamEvent, textOf, timeText } from "../support/random-stream.ts";
import { foldEach, type Published, referenceText, values } from "../support/raw-log.ts";

const previousClose = 100_000_000n;
const reference = referenceText("2018-01-03", { S: "a" });
const textsOf = (events: readonly StreamEvent[]) => [reference, ...events.map(textOf)];

/** Dollars as whole units of `scale`, for a wire number that has no more decimals. */
const units = (value: unknown, scale: number) => BigInt(Math.round(Number(value) * scale));
const wireTime = (time: bigint) => timeText(time).replace(/\.?0+Z$/, "Z");
const near = (a: bigint, b: bigint) => a - b <= 1n && b - a <= 1n;

function expectWindow(actual: Readonly<Record<string, unknown>>, expected: ExpectedWindow): void {
  expect(actual["start"]).toBe(wireTime(expected.start));
  for (const name of ["open", "high", "low", "close"] as const) {
    expect([name, units(actual[name], 1e6)]).toEqual([name, rounded({ dividend: expected[name], divisor: 2n }, 1n)]);
  }
  const { dividend, divisor } = expected.average;
  const average = rounded({ dividend, divisor: 2n * divisor }, 1n);
  expect(near(units(actual["timeWeightedAverage"], 1e6), average)).toBe(true);
  expect(near(units(actual["spreadBps"], 1e4), rounded(expected.spreadBps, 10_000n))).toBe(true);
  expect(actual["count"]).toBe(expected.count);
}

function expectChange(actual: Readonly<Record<string, unknown>>, mid: bigint | null, symbol: string): void {
  if (mid === null || symbol !== "a") {
    expect([actual["percentChange"], actual["indicator"]]).toEqual([null, null]);
    return;
  }
  const change = { dividend: mid - 2n * previousClose, divisor: 2n * previousClose };
  expect(units(actual["percentChange"], 1e4)).toBe(rounded(change, 1_000_000n));
  const beyond = 20n * (change.dividend < 0n ? -change.dividend : change.dividend) >= change.divisor;
  expect(actual["indicator"]).toBe(!beyond ? "Neutral" : change.dividend > 0n ? "Bullish" : "Bearish");
}

function expectQuote(actual: Published, event: StreamEvent, expected: { usable: boolean; late: boolean }): void {
  const mid = event.bid + event.ask;
  expect(actual["eventTime"]).toBe(wireTime(event.time));
  expect([units(actual["bidPrice"], 1e6), units(actual["askPrice"], 1e6)]).toEqual([event.bid, event.ask]);
  const midPrice = actual["midPrice"] === null ? null : units(actual["midPrice"], 1e6);
  expect(midPrice).toBe(expected.usable ? rounded({ dividend: mid, divisor: 2n }, 1n) : null);
  expectChange(actual, expected.usable ? mid : null, event.symbol);
  const quality = actual["quality"] as readonly string[];
  expect(quality.includes("late")).toBe(expected.late);
  expect(quality.includes("noPreviousClose")).toBe(event.symbol !== "a");
  expect(quality.some((flag) => flag !== "late" && flag !== "noPreviousClose")).toBe(!expected.usable);
}

it("W1 to W6, W8, D6: the incremental fold equals a naive batch in whole numbers, record by record", () => {
  fc.assert(
    fc.property(anyStream, (events) => {
      const steps = foldEach(textsOf(events)).slice(1);
      for (const [index, expected] of expectedSteps(events).entries()) {
        const [event, outputs] = [events[index], steps[index] ?? []];
        if (event === undefined) throw new Error("each step has its event");
        const kinds = [
          ...expected.closed.map(() => "candles"),
          ...(expected.enriched === null ? [] : ["enriched"]),
          ...(expected.dead === null ? [] : ["deadLetter"]),
        ];
        expect(outputs.map((output) => output.stream)).toEqual(kinds);
        const candles = values(outputs, "candles");
        for (const [at, window] of expected.closed.entries()) {
          const candle = candles[at] ?? {};
          const { symbol, interval, end } = window;
          expect(candle).toMatchObject({ symbol, interval, end: wireTime(end), revision: 0 });
          expectWindow(candle, window);
          expectChange(candle, window.close, symbol);
        }
        const [quote] = values(outputs, "enriched");
        if (expected.enriched === null || quote === undefined) continue;
        expectQuote(quote, event, expected.enriched);
        expect(Object.keys(quote.windows)).toEqual(expected.enriched.windows.map((window) => window.interval));
        for (const window of expected.enriched.windows) expectWindow(quote.windows[window.interval] ?? {}, window);
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
      const records = textsOf(events).map((text) => deepFrozen(decodeRaw(text)));
      const before = structuredClone(records);
      const state = topology.initial();
      const outputs = records.map((record) => topology.fold(state, record));
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
      const records = textsOf(events).map((text) => decodeRaw(text));
      let state = topology.initial();
      const outputs: Output[][] = [];
      for (const [index, record] of records.entries()) {
        if (index === cut) {
          const copy = structuredClone(state);
          // What the old state is folded with from here on must not reach the copy.
          for (const other of records) topology.fold(state, other);
          state = copy;
        }
        outputs.push(topology.fold(state, record));
      }
      expect(outputs).toEqual(foldEach(textsOf(events)));
    }),
    { numRuns: 100 },
  );
});
