import { expect, it } from "vitest";
import { quoteLine, type TableView, tableLines } from "../../../consumer/command/table.ts";
import { quoteOf } from "../records.ts";

const viewOf = (fields: Partial<TableView> = {}): TableView => ({
  rows: [{ quote: quoteOf(), publishedTimeMs: 1000 }],
  nowMs: 3500,
  columns: 100,
  lines: 24,
  hasColor: false,
  ...fields,
});

it("a row shows symbol, bid, ask, mid, previous close, change, indicator and age", () => {
  expect(tableLines(viewOf())).toEqual([
    "symbol        bid       ask        mid prev close   change  indicator    age",
    "XXX        156.00    156.01    156.005     157.04   -0.66%  Neutral     2.5s",
  ]);
});

it("what is missing is a hyphen: a side, and Q2's nulls of an unusable quote", () => {
  const quote = quoteOf({ bidPrice: 0, midPrice: null, previousClose: null, percentChange: null, indicator: null });
  const [, row] = tableLines(viewOf({ rows: [{ quote, publishedTimeMs: 3500 }] }));
  expect(row?.split(/ +/)).toEqual(["XXX", "-", "156.01", "-", "-", "-", "-", "0.0s"]);
});

it("rows stand in the symbols' order; those that have no room are counted", () => {
  const rows = ["C", "A", "D", "B"].map((symbol) => ({ quote: quoteOf({ symbol }), publishedTimeMs: 0 }));
  const firsts = (lines: number) => tableLines(viewOf({ rows, lines })).map((line) => line.split(" ")[0]);
  expect(firsts(5)).toEqual(["symbol", "A", "B", "C", "D"]);
  expect(firsts(4)).toEqual(["symbol", "A", "B", "..."]);
  expect(tableLines(viewOf({ rows, lines: 4 })).at(-1)).toBe("... and 2 more");
  expect(firsts(1)).toEqual(["symbol"]);
});

it("all columns fit 80; on a narrower terminal whole columns go, and no line is wider", () => {
  const headings = (columns: number) =>
    tableLines(viewOf({ columns }))[0]
      ?.trim()
      .split(/ {2,}| (?=prev)/);
  expect(headings(80)).toEqual(["symbol", "bid", "ask", "mid", "prev close", "change", "indicator", "age"]);
  expect(headings(70)).toEqual(["symbol", "bid", "ask", "mid", "change", "indicator", "age"]);
  expect(headings(40)).toEqual(["symbol", "mid", "change", "indicator"]);
  for (let columns = 1; columns < 90; columns++) {
    for (const line of tableLines(viewOf({ columns }))) expect(line.length).toBeLessThanOrEqual(columns);
  }
});

it("a change has its colour, where there are colours", () => {
  const rowOf = (percentChange: number | null, hasColor: boolean) =>
    tableLines(viewOf({ rows: [{ quote: quoteOf({ percentChange }), publishedTimeMs: 0 }], hasColor }))[1] ?? "";
  const escapeCharacter = String.fromCharCode(27);
  expect(rowOf(0.01, true).startsWith(`${escapeCharacter}[32m`)).toBe(true);
  expect(rowOf(-0.01, true).startsWith(`${escapeCharacter}[31m`)).toBe(true);
  for (const change of [0, null]) expect(rowOf(change, true)).not.toContain(escapeCharacter);
  expect(rowOf(5, false)).not.toContain(escapeCharacter);
});

it("columns that a product leaves out are hyphens", () => {
  const quote = { type: "quote", symbol: "XXX", eventTime: "2018-01-03T15:00:00Z", midPrice: 5 } as const;
  const [, row] = tableLines(viewOf({ rows: [{ quote, publishedTimeMs: 3500 }] }));
  expect(row?.split(/ +/)).toEqual(["XXX", "-", "-", "5.00", "-", "-", "-", "0.0s"]);
});

it("ages are told in seconds, minutes and hours", () => {
  const ageAt = (nowMs: number) =>
    tableLines(viewOf({ rows: [{ quote: quoteOf(), publishedTimeMs: 0 }], nowMs }))[1]
      ?.split(" ")
      .at(-1);
  expect([59_940, 61_000, 7_300_000, 180_000_000].map(ageAt)).toEqual(["59.9s", "1m", "2h", "2d"]);
});

it("a plain line ends with the event's time, and has no colour", () => {
  expect(quoteLine(quoteOf({ indicator: "Bearish" }))).toBe(
    "XXX        156.00    156.01    156.005     157.04   -0.66%  Bearish    2018-01-03T15:00:00.123456Z",
  );
});
