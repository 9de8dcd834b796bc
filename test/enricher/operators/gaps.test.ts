import { expect, it } from "vitest";
import {
  foldEach,
  gapText,
  heartbeatText,
  midText,
  published,
  settingsText,
  tradeText,
  values,
} from "../../support/raw-log.ts";

const oneMinute = settingsText({ intervals: ["1m"] });
const lastOutputs = (...texts: string[]) => foldEach(texts).at(-1) ?? [];
/** Which candles are incomplete, by start. */
const incomplete = (...texts: string[]) =>
  published([oneMinute, ...texts, heartbeatText("15:30:00")], "candles").map((candle) => [
    String(candle["start"]).slice(11, 16),
    candle["incomplete"] ?? false,
  ]);
const first = midText(100, "15:00:10");
const second = midText(100, "15:01:10");

it("W9: a gap is published as the design shows it, to the byte, under no key or its symbol's", () => {
  expect(lastOutputs(gapText("15:00:20.500", "15:00:30"))).toEqual([
    {
      ...{ stream: "enriched", type: "gap", key: null, indicator: null },
      value:
        '{"type":"gap","symbol":null,"from":"2018-01-03T15:00:20.5Z","to":"2018-01-03T15:00:30Z","reason":"disconnected"}',
    },
  ]);
  expect(lastOutputs(gapText("15:00:20", "15:00:30", { S: "XXX" }))).toMatchObject([
    { key: "XXX", value: expect.stringContaining('{"type":"gap","symbol":"XXX","from"') },
  ]);
});

it("W9: a candle whose window the gap touches is incomplete, the last key of it, and the others are not", () => {
  expect(incomplete(first, gapText("15:00:20", "15:00:30"), second)).toEqual([
    ["15:00", true],
    ["15:01", false],
  ]);
  const [candle] = published([first, gapText("15:00:20", "15:00:30"), heartbeatText("15:01:01")], "candles");
  expect(Object.keys(candle ?? {}).at(-1)).toBe("incomplete");
});

it("W9: a gap touches the windows of all its moments, both ends included", () => {
  const both = [
    ["15:00", true],
    ["15:01", true],
  ] as const;
  expect(incomplete(first, gapText("15:00:59.999999999", "15:01:00"), second)).toEqual(both);
  expect(incomplete(first, gapText("15:00:00", "15:00:59.999999999"), second)).toEqual([both[0], ["15:01", false]]);
  expect(incomplete(first, gapText("15:01:00", "15:01:00"), second)).toEqual([["15:00", false], both[1]]);
});

it("W9: a window that opens after the gap was told is incomplete where the gap touches it", () => {
  expect(incomplete(gapText("15:00:20", "15:01:05"), first, second, midText(100, "15:02:10"))).toEqual([
    ["15:00", true],
    ["15:01", true],
    ["15:02", false],
  ]);
});

it("W9: a gap of one symbol leaves the others whole, and one of all does not", () => {
  const other = midText(100, "15:00:10", { S: "YYY" });
  const of = (gap: string) =>
    published([oneMinute, first, other, gap, heartbeatText("15:01:01")], "candles").map((candle) => [
      candle["symbol"],
      candle["incomplete"],
    ]);
  expect(of(gapText("15:00:20", "15:00:30", { S: "XXX" }))).toEqual([
    ["XXX", true],
    ["YYY", undefined],
  ]);
  expect(of(gapText("15:00:20", "15:00:30"))).toEqual([
    ["XXX", true],
    ["YYY", true],
  ]);
});

it("W9, W4: a published candle inside the grace is revised by a gap that touches it, of every symbol in the order of D6", () => {
  const texts = ["B", "a", "A"].map((S) => midText(100, "15:00:10", { S }));
  const outputs = lastOutputs(oneMinute, ...texts, heartbeatText("15:01:01"), gapText("15:00:20", "15:00:30"));
  expect(outputs.map((output) => output.stream)).toEqual(["enriched", "candles", "candles", "candles"]);
  expect(values(outputs, "candles")).toMatchObject(
    ["A", "B", "a"].map((symbol) => ({ symbol, revision: 1, count: 1, incomplete: true })),
  );
});

it("W9, W4: a candle that is incomplete already, past the grace, or was never published is not revised", () => {
  const again = [first, heartbeatText("15:01:01"), gapText("15:00:20", "15:00:30"), gapText("15:00:25", "15:00:40")];
  expect(lastOutputs(oneMinute, ...again)).toHaveLength(1);
  expect(lastOutputs(oneMinute, first, heartbeatText("15:02:01"), gapText("15:00:20", "15:00:30"))).toHaveLength(1);
  const uncounted = tradeText("15:00:10", { c: ["M"] });
  const never = [uncounted, heartbeatText("15:01:01"), gapText("15:00:20", "15:00:30")];
  expect(lastOutputs(oneMinute, ...never)).toHaveLength(1);
});

it("W9: a revised candle stays incomplete", () => {
  const texts = [oneMinute, first, gapText("15:00:20", "15:00:30"), heartbeatText("15:01:01")];
  expect(values(lastOutputs(...texts, midText(90, "15:00:40")), "candles")).toMatchObject([
    { revision: 1, incomplete: true },
  ]);
});

it("W9: gaps that touch one another are one, and very many keep what they touched", () => {
  const gaps = Array.from({ length: 200 }, (_, n) => {
    const minute = String(Math.floor(n / 4)).padStart(2, "0");
    return gapText(`15:${minute}:${10 + (n % 4) * 10}`, `15:${minute}:${11 + (n % 4) * 10}`);
  });
  const quotes = Array.from({ length: 60 }, (_, n) => midText(100, `15:${String(n).padStart(2, "0")}:30`));
  const candles = published([oneMinute, ...gaps, ...quotes, heartbeatText("16:30:00")], "candles");
  expect(candles.map((candle) => candle["incomplete"] ?? false)).toEqual(Array.from({ length: 60 }, (_, n) => n < 50));
});
