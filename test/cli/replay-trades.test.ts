import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replay } from "../../cli/replay/replay.ts";
import { nyse } from "../../domain/calendar/nyse.ts";
import { defaultSettings } from "../../domain/settings.ts";
import { greatest } from "../support/oracle-window.ts";

const recording = "../shared/recordings/xxx-2018";
const conditions = "../shared/data/sale-conditions.json";
const sessions = [
  { date: "2018-01-02", high: 159.39, low: 156.03, close: 157.04 },
  { date: "2018-01-03", high: 157.49, low: 155.4, close: 157.28 },
];

interface Candle extends Readonly<Record<string, unknown>> {
  readonly interval: string;
  readonly start: string;
}

interface Trade {
  readonly t: string;
  readonly p: number;
  readonly s: number;
  readonly c: readonly string[];
}

interface Rule {
  readonly tape: string;
  readonly code: string;
  readonly alpacaMinute: { readonly highLow: boolean; readonly volume: boolean } | null;
}

const linesOf = (text: string) => text.trimEnd().split("\n");
/** A candle's values of trades, in whole millionths. */
const tradeKeys = ["tradeOpen", "tradeHigh", "tradeLow", "tradeClose", "vwap"] as const;
const startOf = (t: string, minutes: number) => {
  const ms = Date.parse(t.slice(0, 23).replace(/Z?$/, "Z"));
  return `${new Date(ms - (ms % (minutes * 60_000))).toISOString().slice(0, 19)}Z`;
};

describe.skipIf(!existsSync(recording) || !existsSync(conditions))("the trades of two real days of one stock", () => {
  const out = mkdtempSync(join(tmpdir(), "bellwether-trades-"));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  const candles = new Map<string, Candle>();

  beforeAll(async () => {
    await replay(recording, out, defaultSettings(nyse.version));
    for (const line of linesOf(readFileSync(join(out, "candles.jsonl"), "utf8"))) {
      const candle = JSON.parse(line) as Candle;
      candles.set(`${candle.interval} ${candle.start}`, candle);
    }
  });

  it("W5: every candle's trades are as a plain sum in whole numbers over the recording gives them", () => {
    const { rows } = JSON.parse(readFileSync(conditions, "utf8")) as { rows: readonly Rule[] };
    const minuteRules = new Map(rows.filter(({ tape }) => tape === "CTA").map((row) => [row.code, row.alpacaMinute]));
    const expected = new Map<string, Trade[]>();
    for (const line of linesOf(gunzipSync(readFileSync(join(recording, "stream.jsonl.gz"))).toString())) {
      const trade = JSON.parse(line) as Trade & { readonly T: string };
      if (trade.T !== "t") continue;
      for (const minutes of [1, 5]) {
        const key = `${minutes}m ${startOf(trade.t, minutes)}`;
        const known = expected.get(key);
        if (known === undefined) expected.set(key, [trade]);
        else known.push(trade);
      }
    }
    const allows = (trade: Trade, what: "highLow" | "volume") =>
      trade.c.every((code) => minuteRules.get(code)?.[what] !== false);
    let withTrades = 0;
    for (const [key, trades] of expected) {
      const counting = trades.filter((trade) => allows(trade, "volume"));
      const priced = counting
        .filter((trade) => allows(trade, "highLow"))
        .toSorted((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
      const micros = priced.map(({ p }) => BigInt(Math.round(p * 1e6)));
      const shares = priced.reduce((sum, { s }) => sum + BigInt(s), 0n);
      const notional = priced.reduce((sum, { s }, at) => sum + BigInt(s) * (micros[at] ?? 0n), 0n);
      const wanted =
        priced.length === 0
          ? []
          : [
              micros[0],
              greatest(micros),
              -greatest(micros.map((one) => -one)),
              micros.at(-1),
              (2n * notional + shares) / (2n * shares),
            ];
      const candle = candles.get(key) ?? {};
      const actual = tradeKeys
        .filter((name) => name in candle)
        .map((name) => BigInt(Math.round(Number((candle as Candle)[name]) * 1e6)));
      expect([key, actual]).toEqual([key, wanted]);
      const volume = counting.length === 0 ? undefined : counting.reduce((sum, { s }) => sum + s, 0);
      expect([key, candle]).toMatchObject([key, counting.length === 0 ? {} : { volume, tradeCount: counting.length }]);
      if (counting.length > 0) withTrades++;
    }
    expect([...candles.values()].filter((candle) => "tradeCount" in candle)).toHaveLength(withTrades);
    expect(withTrades).toBeGreaterThan(1000);
  });

  it.each(sessions)(
    "W5: the regular minutes of $date reach the official bar's high and low, and the closing print its close",
    ({ date, high, low, close }) => {
      const session = nyse.byDate(date);
      const minutes = [...candles.values()].filter(({ interval, start }) => {
        const seconds = Date.parse(start) / 1000;
        return interval === "1m" && seconds >= (session?.openSeconds ?? 0) && seconds < (session?.closeSeconds ?? 0);
      });
      expect(minutes).toHaveLength(390);
      expect(Math.max(...minutes.map((candle) => Number(candle["tradeHigh"])))).toBe(high);
      expect(Math.min(...minutes.map((candle) => Number(candle["tradeLow"])))).toBe(low);
      expect(candles.get(`1m ${date}T21:00:00Z`)?.["tradeClose"]).toBe(close);
    },
  );
});
