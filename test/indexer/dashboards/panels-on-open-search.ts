import { beforeAll, describe, expect, it } from "vitest";
import { savedObjects } from "../../../indexer/dashboards/saved-objects.ts";
import { IndexDocument } from "../../../indexer/document.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import { agrees, expectedList, expectedRows } from "./oracle.ts";
import { type Panel, panelRequest, panelsOf, type TimeRange } from "./panel-request.ts";
import { panelRows } from "./panel-rows.ts";
import { recordedDays } from "./recorded-days.ts";
import { type StoredValue, storedValues } from "./recorded-documents.ts";
import type { LooseObject } from "./saved-object-rules.ts";
import { storeDocuments } from "./store-documents.ts";

const panels = panelsOf(savedObjects("market-") as readonly LooseObject[]);
const charts = panels.filter(({ chart }) => chart !== "list");
const lists = panels.filter(({ chart }) => chart === "list");

/** The session that the recording of the rules is mostly of, the two minutes of the other one's open, and all of both. */
const ranges: Readonly<Record<string, TimeRange>> = {
  rules: { from: "2024-11-29T14:29:00Z", to: "2024-11-29T14:40:00Z" },
  open: { from: "2024-12-06T14:29:00Z", to: "2024-12-06T14:31:30Z" },
  all: { from: "2024-11-25T00:00:00Z", to: "2024-12-08T00:00:00Z" },
};

/** Every panel of the dashboards on a real OpenSearch, over two recordings: what it shows is what the records say. */
export function describePanels(openSearch: () => OpenSearch): void {
  describe("the panels of the dashboards, over recordings", () => {
    let values: ReadonlyMap<string, readonly StoredValue[]> = new Map();
    /** What each chart showed over all the time, to see that none stays empty. */
    const shown = new Map<string, number>();

    beforeAll(async () => {
      const documents = await recordedDays();
      values = storedValues(documents);
      await storeDocuments(openSearch(), documents);
    });

    async function search(panel: Panel, range: TimeRange): Promise<unknown> {
      const { path, body } = panelRequest(panel, range);
      return openSearch().request({ method: "POST", path, body });
    }

    describe.each(Object.entries(ranges))("in the range %s", (name, range) => {
      it.each(charts.map((panel) => [panel.title, panel] as const))("%s", async (_, panel) => {
        const found = panelRows(panel, await search(panel, range));
        const expected = expectedRows(panel, values, range);
        expect(found.map(({ keys }) => keys)).toEqual(expected.map(({ keys }) => keys));
        const metrics = panel.aggregations.filter(({ schema }) => schema === "metric");
        for (const [at, row] of expected.entries()) {
          for (const [column, cell] of row.cells.entries()) {
            const one = found[at]?.cells[column] ?? null;
            const percents = (metrics[column]?.params.percents ?? []) as readonly number[];
            expect(
              agrees(one, cell, percents),
              `${row.keys} ${metrics[column]?.params.customLabel}: ${one}, not ${cell}`,
            ).toBe(true);
          }
        }
        if (name === "all") shown.set(panel.id, found.length);
      });

      it.each(lists.map((panel) => [panel.title, panel] as const))("%s", async (_, panel) => {
        const answer = await search(panel, range);
        const { hits } = (answer as { hits: { hits: { _source: StoredValue }[]; total: { value: number } } }).hits;
        const expected = expectedList(panel, values, range);
        const times = hits.map(({ _source }) => _source[panel.timeField]);
        expect(times).toEqual(expected.slice(0, hits.length).map((document) => document[panel.timeField]));
        expect(hits.length).toBe(Math.min(500, expected.length));
        if (name === "all") shown.set(panel.id, hits.length);
      });
    });

    it("what the panels count is what a replay of the recordings counts", async () => {
      const sums = async (id: string) => {
        const panel = panels.find((each) => each.id === `bellwether-market-${id}`);
        if (panel === undefined) throw new Error(`There is no ${id}.`);
        const totals: Record<string, number> = {};
        for (const { keys, cells } of panelRows(panel, await search(panel, ranges.all as TimeRange))) {
          const key = String(keys[0]);
          totals[key] = (totals[key] ?? 0) + Number(cells[0]);
        }
        return totals;
      };
      // The counts of `bellwether replay` of the recordings walk and rules, added up.
      const indicators = { Bullish: 1223 + 7, Bearish: 503 + 2, Neutral: 1563 + 15 };
      expect(await sums("indicator-counts")).toEqual(indicators);
      expect(await sums("quotes-by-indicator")).toEqual({ ...indicators, __missing__: 27 + 18 });
      expect(Object.values(await sums("indicator-flips")).reduce((sum, count) => sum + count, 0)).toBe(28 + 7);
      expect(await sums("data-quality")).toEqual({
        ...{ crossed: 6 + 2, halted: 4, late: 1, noPreviousClose: 9, nonFirm: 6 + 4, oneSided: 7 + 3, wide: 8 + 1 },
      });
    });

    it("the last close of a mover is of the newest candle that has one, though a newer may be of trades alone", async () => {
      const [index, candles] = [...values].find(([name]) => name.startsWith("market-candles-2024.12.06")) ?? ["", []];
      const last = candles.find(({ symbol, start }) => symbol === "TSLA" && start === "2024-12-06T14:30:00Z");
      const { open, high, low, close, count, spreadBps, timeWeightedAverage, ...trades } = last ?? {};
      const start = "2024-12-06T14:31:00Z";
      const value = Buffer.from(JSON.stringify({ ...trades, start, percentChange: null, indicator: null }));
      await storeDocuments(openSearch(), [new IndexDocument("candle", index, "trades-alone", 1, value, "")]);
      const movers = panels.find(({ id }) => id === "bellwether-market-top-gainers") as Panel;
      const rows = panelRows(movers, await search(movers, ranges.open as TimeRange));
      expect(rows.find(({ keys }) => keys[0] === "TSLA")?.cells[2]).toBe(close);
      await openSearch().request({ method: "DELETE", path: `/${index}/_doc/trades-alone`, query: { refresh: "true" } });
    });

    it("no panel is empty over recordings in which all of it happens", () => {
      expect(panels.filter(({ id }) => (shown.get(id) ?? 0) === 0).map(({ title }) => title)).toEqual([]);
    });

    it("a column of a saved search is a field of at least one of its documents", () => {
      for (const { title, pattern, columns } of lists) {
        const prefix = pattern.slice(0, -1);
        const of = [...values].filter(([index]) => index.startsWith(prefix)).flatMap(([, documents]) => documents);
        const has = (column: string) =>
          of.some((document) => column.split(".").reduce<unknown>(below, document) != null);
        expect(
          columns.filter((column) => !has(column) && !neverRecorded.has(column)),
          title,
        ).toEqual([]);
      }
    });
  });
}

/** A dead letter of the enricher has no detail, and these recordings give none a key. */
const neverRecorded: ReadonlySet<string> = new Set(["detail", "key"]);

function below(value: unknown, key: string): unknown {
  return (value as StoredValue | undefined)?.[key];
}
