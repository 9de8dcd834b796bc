import { beforeAll, describe, expect, it } from "vitest";
import { consoleRequest, exampleNames, exampleText } from "../../bench/console-request.ts";
import { parseEventTime } from "../../domain/time/event-time.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import { recordedDays } from "./dashboards/recorded-days.ts";
import { type StoredValue, storedValues } from "./dashboards/recorded-documents.ts";
import { storeDocuments } from "./dashboards/store-documents.ts";

/** The queries of `examples/opensearch/`, as they stand in their files, on a real OpenSearch: each gives what the recording says. */
export function describeExamples(openSearch: () => OpenSearch): void {
  describe("the example queries, over a recording", () => {
    let stored: ReadonlyMap<string, readonly StoredValue[]> = new Map();

    beforeAll(async () => {
      const documents = await recordedDays();
      stored = storedValues(documents);
      await storeDocuments(openSearch(), documents);
    });

    async function answer(name: string): Promise<Answer> {
      return (await openSearch().request(consoleRequest(exampleText(name)))) as Answer;
    }

    async function found(name: string): Promise<readonly StoredValue[]> {
      return (await answer(name)).hits.hits.map(({ _source }) => _source);
    }

    /** The day's documents of a kind, the earliest first. */
    function ofDay(kind: string, timeField: string): readonly StoredValue[] {
      const values = stored.get(`market-${kind}-2024.12.06`) ?? [];
      return values.toSorted((a, b) => nanosBetween(b[timeField], a[timeField]));
    }

    it("latest-quotes gives the newest quote of each symbol that was quoted in the half hour", async () => {
      const quotes = ofDay("quotes", "eventTime").filter(
        ({ eventTime }) => nanosBetween(eventTime, "2024-12-06T14:31:00Z") > 0,
      );
      const newest = new Map(quotes.map((quote) => [String(quote.symbol), quote]));
      expect([...newest.keys()].sort()).toEqual(["AAPL", "BAC", "GE", "MSFT", "TSLA"]);
      const fields = [
        "symbol",
        "eventTime",
        "bidPrice",
        "askPrice",
        "midPrice",
        "percentChange",
        "indicator",
        "quality",
      ];
      const { aggregations } = await answer("latest-quotes");
      const found = aggregations?.symbols?.buckets.map(({ latest }) => latest?.hits.hits.map(({ _source }) => _source));
      expect(found).toEqual([...newest].sort(byKey).map(([, quote]) => [pick(quote, fields)]));
    });

    it("candles gives each minute of a symbol once, as last revised", async () => {
      const wanted = ofDay("candles", "start").filter(
        ({ symbol, interval, start }) =>
          symbol === "TSLA" && interval === "1m" && String(start) >= "2024-12-06T14:00:00Z",
      );
      const fields = [
        "start",
        "interval",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "vwap",
        "percentChange",
        "indicator",
        "revision",
        "incomplete",
      ];
      expect(wanted.length).toBeGreaterThan(1);
      expect(await found("candles")).toEqual(wanted.map((candle) => pick(candle, fields)));
    });

    it("top-movers gives the symbols that rose most, by their newest candle with quotes", async () => {
      const candles = ofDay("candles", "start").filter(
        ({ interval, percentChange }) => interval === "1m" && typeof percentChange === "number",
      );
      const newest = [...new Map(candles.map((candle) => [candle.symbol, candle])).values()];
      const wanted = newest.sort((a, b) => Number(b.percentChange) - Number(a.percentChange)).slice(0, 10);
      expect(wanted).toHaveLength(5);
      const { aggregations } = await answer("top-movers");
      const found = aggregations?.movers?.buckets.map((mover) => [
        mover.key,
        mover.doc_count,
        mover.percentChange?.value,
        mover.newest?.value_as_string,
      ]);
      expect(found).toEqual(
        wanted.map(({ symbol, percentChange, start }) => [
          symbol,
          candles.filter((candle) => candle.symbol === symbol).length,
          percentChange,
          String(start).replace("Z", ".000Z"),
        ]),
      );
    });

    it("flips gives every flip of the day to an indicator, the newest first", async () => {
      const wanted = ofDay("alerts", "eventTime")
        .filter(({ to }) => to === "Bullish")
        .toReversed();
      const fields = ["symbol", "eventTime", "from", "to", "midPrice", "previousClose", "percentChange"];
      expect(wanted.length).toBeGreaterThan(1);
      expect(await found("flips")).toEqual(wanted.map((flip) => pick(flip, fields)));
    });

    it("gaps gives the gaps of the day", async () => {
      const wanted = ofDay("gaps", "from");
      expect(wanted).toMatchObject([{ symbol: "TSLA", from: "2024-12-06T14:29:30Z", to: "2024-12-06T14:29:40Z" }]);
      expect(await found("gaps")).toEqual(wanted);
    });

    it("quotes-around-a-gap gives the symbol's quotes of ten seconds before and after it", async () => {
      const wanted = ofDay("quotes", "eventTime").filter(
        ({ symbol, eventTime }) =>
          symbol === "TSLA" &&
          nanosBetween("2024-12-06T14:29:20Z", eventTime) >= 0 &&
          nanosBetween(eventTime, "2024-12-06T14:29:50Z") >= 0,
      );
      const fields = ["eventTime", "bidPrice", "askPrice", "midPrice", "percentChange", "indicator", "quality"];
      expect(wanted.length).toBeGreaterThan(5);
      expect(await found("quotes-around-a-gap")).toEqual(wanted.map((quote) => pick(quote, fields)));
    });

    it("every example is tried here", () => {
      expect(exampleNames()).toEqual([...tried].sort());
    });
  });
}

const tried = ["latest-quotes", "candles", "flips", "gaps", "quotes-around-a-gap", "top-movers"];

interface Hits {
  readonly hits: { readonly hits: readonly { readonly _source: StoredValue }[] };
}

interface Answer extends Hits {
  readonly aggregations?: Readonly<Record<string, { readonly buckets: readonly Bucket[] }>>;
}

/** A symbol with what the two queries that group by it give of it. */
interface Bucket {
  readonly key: string;
  readonly doc_count: number;
  readonly latest?: Hits;
  readonly percentChange?: { readonly value: number };
  readonly newest?: { readonly value_as_string: string };
}

/** A document with those of the fields that it has. */
function pick(document: StoredValue, fields: readonly string[]): StoredValue {
  return Object.fromEntries(Object.entries(document).filter(([name]) => fields.includes(name)));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Above zero where the second time is the later one. */
function nanosBetween(from: unknown, to: unknown): number {
  const [a, b] = [from, to].map((value) => parseEventTime(String(value)));
  if (a == null || b == null) throw new Error(`No times: ${from}, ${to}`);
  return a.micros === b.micros ? b.nanos - a.nanos : b.micros - a.micros;
}
