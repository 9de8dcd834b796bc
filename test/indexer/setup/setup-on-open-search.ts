import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { bulkBody } from "../../../indexer/bulk-body.ts";
import { bulkOutcome } from "../../../indexer/bulk-outcome.ts";
import { createDashboardsClient } from "../../../indexer/dashboards/dashboards-client.ts";
import { documentOf, IndexDocument } from "../../../indexer/document.ts";
import { createIndexOf } from "../../../indexer/index-names.ts";
import { readInForce } from "../../../indexer/setup/in-force.ts";
import type { SetupOptions } from "../../../indexer/setup/plan.ts";
import { runSetup } from "../../../indexer/setup/run-setup.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import { startFakeDashboards } from "../dashboards/fake-dashboards.ts";
import { storeDocuments } from "../dashboards/store-documents.ts";
import { incoming, quoteValue } from "../records.ts";

/** Of a deployment of its own, beside the others on the node. */
const indexPrefix = "setup-";
const indexOf = createIndexOf(indexPrefix);
const nowMs = Date.parse("2026-03-10T12:00:00Z");
const options: SetupOptions = {
  templates: { indexPrefix, shards: 1, replicas: 0, refreshMs: 1000 },
  retainDays: null,
  compressAfterDays: null,
  nowMs,
};

function quoteOf(day: string, at: number): IndexDocument {
  const record = incoming(quoteValue(`${day}T15:00:00.${at}Z`), { "source-offset": String(at) });
  const document = documentOf(record, indexOf, nowMs * 1000);
  if ("reason" in document) throw new Error(document.detail);
  return document;
}

/** `index setup` on a real OpenSearch. */
export function describeSetup(openSearch: () => OpenSearch): void {
  describe("index setup", () => {
    beforeAll(async () => {
      // An index of a version before, made with other templates.
      await openSearch().request({
        method: "PUT",
        path: "/setup-trades-2026.03.10",
        body: { settings: { number_of_replicas: 1 }, mappings: { properties: { price: { type: "double" } } } },
      });
    });

    async function setup(given: Partial<SetupOptions> = {}, planOnly = false): Promise<string> {
      let text = "";
      const write = (part: string) => {
        text += part;
      };
      await runSetup({ ...options, ...given }, { openSearch: openSearch(), dashboards: null, planOnly, write });
      return text;
    }

    async function indexOfDay(name: string) {
      return (await readInForce(openSearch(), indexPrefix)).indices.find((index) => index.name === name);
    }

    async function count(index: string): Promise<number> {
      await openSearch().request({ method: "POST", path: `/${index}/_refresh` });
      return ((await openSearch().request({ method: "GET", path: `/${index}/_count` })) as { count: number }).count;
    }

    it("--plan shows everything and changes nothing", async () => {
      const plan = await setup({}, true);
      expect(plan).toContain("create component template setup-settings");
      expect(plan).toContain('update settings of setup-trades-2026.03.10\n    number_of_replicas: "1" becomes "0"');
      expect(plan).toMatch(/15 to change; nothing was changed\.\n$/);
      expect(await setup({}, true)).toBe(plan);
    });

    it("it does what the plan has shown, and again there is nothing to do", async () => {
      const plan = await setup({}, true);
      expect(await setup()).toBe(plan.replace("15 to change; nothing was changed.", "15 changed."));
      expect(await setup()).toBe(
        "note: setup-trades-2026.03.10 keeps the older type of price (double, new days: scaled_float).\n0 changed.\n",
      );
    });

    it("an index that is made then has the types, the order, the settings and the strictness of the design", async () => {
      await storeDocuments(openSearch(), [quoteOf("2026-03-10", 1)]);
      const found = await indexOfDay("setup-quotes-2026.03.10");
      expect(found?.settings).toMatchObject({
        number_of_shards: "1",
        number_of_replicas: "0",
        refresh_interval: "1000ms",
        sort: { field: ["eventTime"], order: ["asc"] },
      });
      expect(found?.mappings).toMatchObject({
        dynamic: "strict",
        properties: {
          eventTime: { type: "date_nanos" },
          bidPrice: { type: "scaled_float", scaling_factor: 1_000_000 },
          percentChange: { type: "scaled_float", scaling_factor: 10_000 },
          symbol: { type: "keyword" },
          windows: { properties: { "1m": { properties: { close: { type: "scaled_float" } } } } },
        },
      });
      expect(await setup({}, true)).toContain("0 to change");
    });

    it("P2: a price comes back from an aggregation as it was published, to the last decimal", async () => {
      const prices = [0.000001, 156.005, 9_999_999.999999, 1234.567891];
      const documents = prices.map((price, at) => {
        const value = Buffer.from(quoteValue("2026-03-08T15:00:00Z", price));
        const { kind, index, id } = quoteOf("2026-03-08", 100 + at);
        return new IndexDocument(kind, index, id, 1, value, "");
      });
      await storeDocuments(openSearch(), documents);
      const answer = await openSearch().request({
        method: "POST",
        path: "/setup-quotes-2026.03.08/_search",
        body: { size: 0, aggs: { prices: { terms: { field: "bidPrice", order: { _key: "asc" } } } } },
      });
      const { buckets } = (answer as { aggregations: { prices: { buckets: { key: number }[] } } }).aggregations.prices;
      expect(buckets.map(({ key }) => key)).toEqual(prices.toSorted((a, b) => a - b));
    });

    it("an old day is compressed and merged, its documents and their versions stay, and again there is nothing to do", async () => {
      const documents = [1, 2, 3].map((at) => quoteOf("2026-03-01", at));
      for (const document of documents) await storeDocuments(openSearch(), [document]);
      expect((await indexOfDay("setup-quotes-2026.03.01"))?.segments).toBeGreaterThan(1);
      const compressing = { compressAfterDays: 5 };
      expect(await setup(compressing)).toContain("compress index setup-quotes-2026.03.01");
      for (let waits = 0; (await indexOfDay("setup-quotes-2026.03.01"))?.segments !== 1; waits++) {
        if (waits > 100) throw new Error("It was not merged.");
        await delay(100);
      }
      expect(await setup(compressing)).toContain("0 changed.");
      const segments = JSON.stringify(
        await openSearch().request({ method: "GET", path: "/setup-quotes-2026.03.01/_segments" }),
      );
      expect(segments).toContain("BEST_COMPRESSION");
      expect(segments).not.toContain("BEST_SPEED");
      // D4: what is written again is known.
      const again = await writeOne(documents[0] as IndexDocument);
      expect(again).toBe("alreadyApplied");
      expect(await count("setup-quotes-2026.03.01")).toBe(3);
    });

    it("D5: what is written to a day while it is closed is to be sent again, and is no dead letter", async () => {
      await openSearch().request({ method: "POST", path: "/setup-quotes-2026.03.01/_close" });
      expect(await writeOne(quoteOf("2026-03-01", 4))).toBe("retry");
      // A run that was cut short left it so: the next one opens it.
      expect(await setup({ compressAfterDays: 5 })).toContain("compress index setup-quotes-2026.03.01");
      expect(await writeOne(quoteOf("2026-03-01", 4))).toBe("stored");
    });

    it("--retain deletes days that are older, and no other index", async () => {
      await openSearch().request({ method: "PUT", path: "/setup-quotes-2020.01.01-mine" });
      await storeDocuments(openSearch(), [quoteOf("2026-02-01", 1), quoteOf("2026-02-20", 1)]);
      const text = await setup({ retainDays: 30 });
      expect(text).toContain("delete index setup-quotes-2026.02.01\n");
      expect(text).toContain("no Index State Management");
      expect(text).toContain("1 changed.");
      expect(await count("setup-quotes-2026.02.20")).toBe(1);
      expect(await count("setup-quotes-2020.01.01-mine")).toBe(0);
    });

    it("--dashboards imports the saved objects, and again there is nothing to do", async () => {
      const server = await startFakeDashboards();
      try {
        const client = createDashboardsClient({ url: server.url, basicAuth: null, ca: undefined });
        const texts: string[] = [];
        for (const planOnly of [true, false, false]) {
          let text = "";
          const write = (part: string) => {
            text += part;
          };
          await runSetup(options, { openSearch: openSearch(), dashboards: client, planOnly, write });
          texts.push(text);
          expect(server.held.size > 0).toBe(!planOnly);
        }
        expect(texts[0]).toContain("create dashboard bellwether-setup-market\n");
        expect(texts[1]).toContain("create dashboard bellwether-setup-market\n");
        expect(texts[2]).toContain("0 changed.");
      } finally {
        await server.close();
      }
    });

    async function writeOne(document: IndexDocument): Promise<string> {
      const [item] = await openSearch().bulk(bulkBody([document]));
      if (item === undefined) throw new Error("It was not answered.");
      return bulkOutcome(item);
    }
  });
}
