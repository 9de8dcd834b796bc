import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { noCorporateActions, parseCorporateActions } from "../../domain/references/corporate-actions.ts";
import { addAuctions, addDailyBars, OfficialCloses } from "../../domain/references/official-closes.ts";
import { referenceRecords } from "../../domain/references/reference-records.ts";

const split = (symbol: string, exDate: string, oldRate: number, newRate: number) => ({
  symbol,
  ex_date: exDate,
  old_rate: oldRate,
  new_rate: newRate,
});

function values(given: {
  bars: Record<string, readonly (readonly [t: string, c: number])[]>;
  actions?: unknown;
  sessionDate: string;
  symbols?: readonly string[];
  adjustDividends?: boolean;
}) {
  const closes = new OfficialCloses();
  const bars = Object.entries(given.bars).map(([symbol, list]) => [symbol, list.map(([t, c]) => ({ t, c }))]);
  addDailyBars(closes, { bars: Object.fromEntries(bars) });
  const need = {
    kind: "references" as const,
    sessionDate: given.sessionDate,
    symbols: given.symbols ?? Object.keys(given.bars),
  };
  const actions =
    given.actions === undefined ? noCorporateActions : parseCorporateActions({ corporate_actions: given.actions });
  const data = { closes, actions, calendar: nyse, adjustDividends: given.adjustDividends ?? false };
  return referenceRecords(need, data).map((entry) => entry.value);
}

it("C4: a reference's keys stand in the order of the wire", () => {
  expect(values({ bars: { XXX: [["2018-01-02T05:00:00Z", 157.04]] }, sessionDate: "2018-01-03" })).toEqual([
    '{"T":"reference","S":"XXX","sessionDate":"2018-01-03","previousClose":157.04,"previousCloseDate":"2018-01-02",' +
      `"unadjustedClose":157.04,"splitFactor":1,"source":"official","calendar":"${nyse.version}"}`,
  ]);
});

it("C2: the close is that of the session before, over weekends and holidays, and of no other", () => {
  const bars = { XXX: [["2018-01-11T05:00:00Z", 1] as const, ["2018-01-12T05:00:00Z", 2] as const] };
  expect(values({ bars, sessionDate: "2018-01-16" })[0]).toContain(
    '"previousClose":2,"previousCloseDate":"2018-01-12"',
  );
  expect(values({ bars, sessionDate: "2018-01-17" })).toEqual([]);
});

it("C3: AAPL's 7-for-1 of 2014-06-09 turns 645.57 into 92.224286", () => {
  const given = {
    bars: { AAPL: [["2014-06-06T04:00:00Z", 645.57] as const, ["2014-06-09T04:00:00Z", 93.7] as const] },
    actions: { forward_splits: [split("AAPL", "2014-06-09", 1, 7)] },
  };
  const [splitRecord, reference] = values({ ...given, sessionDate: "2014-06-09" });
  expect(splitRecord).toBe('{"T":"split","S":"AAPL","exDate":"2014-06-09","oldRate":1,"newRate":7}');
  expect(reference).toContain('"previousClose":92.224286,');
  expect(reference).toContain('"unadjustedClose":645.57,"splitFactor":7,');
  expect(values({ ...given, sessionDate: "2014-06-10" })).toHaveLength(1);
});

it("C3: a reverse split, several splits and rates with decimals are computed exactly, and rounded once", () => {
  const bars = { XXX: [["2018-01-12T05:00:00Z", 10] as const] };
  const reverse = { reverse_splits: [split("XXX", "2018-01-16", 3, 1)] };
  expect(values({ bars, actions: reverse, sessionDate: "2018-01-16" })[1]).toContain(
    '"previousClose":30,"previousCloseDate":"2018-01-12","unadjustedClose":10,"splitFactor":0.333333,',
  );
  const both = { ...reverse, forward_splits: [split("XXX", "2018-01-15", 1, 3), split("YYY", "2018-01-16", 1, 2)] };
  expect(values({ bars, actions: both, sessionDate: "2018-01-16" })).toEqual([
    expect.stringContaining('"exDate":"2018-01-15"'),
    expect.stringContaining('"exDate":"2018-01-16"'),
    expect.stringContaining('"previousClose":10,'),
  ]);
  const odd = { forward_splits: [split("XXX", "2018-01-16", 1, 1.05)] };
  expect(values({ bars, actions: odd, sessionDate: "2018-01-16" })[1]).toContain(
    '"previousClose":9.52381,"previousCloseDate":"2018-01-12","unadjustedClose":10,"splitFactor":1.05,',
  );
});

it("C3: a split listed twice counts once", () => {
  const bars = { XXX: [["2018-01-12T05:00:00Z", 10] as const] };
  const twice = [split("XXX", "2018-01-16", 1, 2), split("XXX", "2018-01-16", 1, 2)];
  expect(values({ bars, actions: { forward_splits: twice }, sessionDate: "2018-01-16" })).toHaveLength(2);
});

it("C3: dividends lower the close only where the setting says so", () => {
  const given = {
    bars: { XXX: [["2018-01-12T05:00:00Z", 10] as const] },
    actions: { cash_dividends: [{ symbol: "XXX", ex_date: "2018-01-16", rate: 0.25 }] },
    sessionDate: "2018-01-16",
  };
  expect(values(given)[0]).toContain('"previousClose":10,');
  expect(values({ ...given, adjustDividends: true })[0]).toContain('"previousClose":9.75,');
});

it("C3: a dividend as large as the close leaves no reference", () => {
  const given = {
    bars: { XXX: [["2018-01-12T05:00:00Z", 10] as const] },
    actions: { cash_dividends: [{ symbol: "XXX", ex_date: "2018-01-16", rate: 10 }] },
    sessionDate: "2018-01-16",
  };
  expect(values({ ...given, adjustDividends: true })).toEqual([]);
});

it("C4: references stand in the order of their symbols, a symbol's splits before it", () => {
  const bars = { B: [["2018-01-12T05:00:00Z", 2] as const], A: [["2018-01-12T05:00:00Z", 1] as const] };
  const actions = { forward_splits: [split("B", "2018-01-16", 1, 2), split("C", "2018-01-16", 1, 2)] };
  const given = { bars, actions, sessionDate: "2018-01-16", symbols: ["C", "B", "A"] };
  expect(values(given).map((value) => /"T":"(\w+)","S":"(\w)"/.exec(value)?.slice(1).join(" "))).toEqual([
    "reference A",
    "split B",
    "reference B",
    "split C",
  ]);
});

it("C2: a day without a session, or outside the calendar, has no references", () => {
  const bars = { XXX: [["2018-01-12T05:00:00Z", 10] as const] };
  for (const sessionDate of ["2018-01-15", "1999-01-04", "2010-01-04"])
    expect(values({ bars, sessionDate })).toEqual([]);
});

it("what cannot be read in REST answers is left out and counted", () => {
  const closes = new OfficialCloses();
  const document = { bars: { XXX: [{ t: "2018-01-02T05:00:00Z", c: 0 }, { t: "yesterday", c: 1 }, { c: 1 }, 5] } };
  expect(addDailyBars(closes, document)).toBe(3);
  expect(addDailyBars(closes, "no object")).toBe(0);
  expect(closes.get("XXX", "2018-01-02")).toBeNull();
  const actions = { forward_splits: [split("XXX", "2018-02-30", 1, 2), split("XXX", "2018-01-16", 0, 2), null] };
  expect(parseCorporateActions({ corporate_actions: actions })).toEqual({ splits: [], dividends: [], unreadable: 3 });
});

describe("closing auctions", () => {
  const day = (prints: readonly unknown[]) => ({ auctions: { XXX: [{ d: "2018-01-12", o: [], c: prints }] } });
  const close = (prints: readonly unknown[], primary: string | null) => {
    const closes = new OfficialCloses();
    addAuctions(closes, day(prints), () => primary);
    return closes.get("XXX", "2018-01-12");
  };
  const print = (c: string, x: string, p: number, t: string, s?: number) => ({ c, x, p, t, s });

  it("C2: the official close is the primary exchange's, the last one said", () => {
    const prints = [
      print("6", "N", 10, "2018-01-12T21:00:01Z", 500),
      print("M", "P", 12, "2018-01-12T21:00:05Z"),
      print("M", "N", 10.5, "2018-01-12T21:05:00Z"),
      print("M", "N", 10, "2018-01-12T21:00:02Z"),
    ];
    expect(close(prints, "N")).toBe(10_500_000);
    expect(close(prints, null)).toBe(10_500_000);
    expect(close(prints, "P")).toBe(12_000_000);
    expect(close(prints, "Q")).toBeNull();
  });

  it("C2: without an official close the closing print holds", () => {
    expect(close([print("6", "N", 10, "2018-01-12T21:00:01Z", 500)], "N")).toBe(10_000_000);
    expect(close([print("O", "N", 10, "2018-01-12T21:00:01Z", 500)], "N")).toBeNull();
  });
});

const recording = "../shared/recordings/daily-2014";
describe.skipIf(!existsSync(recording))("the daily bars of 2014 (../shared/recordings)", () => {
  it("C3: AAPL's references around its split, from real bars and actions", () => {
    const read = (name: string) => JSON.parse(readFileSync(`${recording}/${name}`, "utf8")) as unknown;
    const closes = new OfficialCloses();
    expect(addDailyBars(closes, read("daily-bars.json"))).toBe(0);
    const actions = parseCorporateActions(read("corporate-actions.json"));
    expect(actions.unreadable).toBe(0);
    const data = { closes, actions, calendar: nyse, adjustDividends: false };
    const at = (sessionDate: string) =>
      referenceRecords({ kind: "references", sessionDate, symbols: ["AAPL"] }, data).map((entry) => entry.value);
    expect(at("2014-06-06")[0]).toContain('"previousClose":647.35,"previousCloseDate":"2014-06-05"');
    expect(at("2014-06-09")[1]).toContain('"previousClose":92.224286,"previousCloseDate":"2014-06-06"');
    expect(at("2014-06-10")[0]).toContain('"previousClose":93.7,"previousCloseDate":"2014-06-09"');
  });
});
