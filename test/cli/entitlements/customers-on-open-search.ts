import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSetup } from "../../../indexer/setup/run-setup.ts";
import { createOpenSearch } from "../../../runtime/opensearch/client.ts";
import { putInternalUser, readInternalUsers, readRoles } from "../../../runtime/opensearch/security.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import type { Credentials } from "../../../runtime/secrets/secret-store.ts";
import { candleValue, quoteValue } from "../../indexer/records.ts";
import type { SecuredOpenSearch } from "../../support/secured-open-search/start-secured-open-search.ts";
import { apply, check, entitlements, folder, secretOf, start, stop } from "./entitlements-under-test.ts";

const products = `products:
  full: { symbols: "*", kinds: [quotes, trades, candles] }
  cut: { symbols: [AAPL], kinds: [quotes], columns: [bidPrice, windows] }
  more: { symbols: [MSFT], kinds: [quotes], columns: [bidPrice, askPrice] }
  late: { symbols: [TSLA], kinds: [quotes, candles], delay: 15m }
`;
const acme = '  acme: { account: "111122223333", products: [full], users: [alice] }\n';
const beta = '  beta: { account: "444455556666", products: [cut, more, late], users: [bob] }\n';
const gamma = '  gamma: { account: "777788889999", products: [late], users: [carol] }\n';
const all = `${products}customers:\n${acme}${beta}${gamma}`;

interface Found {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly _source: Record<string, unknown> }[] };
}

/** The entitlements in an OpenSearch with the security plugin, beside a real Kafka. */
export function describeCustomers(server: () => SecuredOpenSearch, admin: () => OpenSearch): void {
  describe("customers in OpenSearch", () => {
    const opened: OpenSearch[] = [];
    const forbidden = { status: 403 };

    beforeAll(async () => {
      await start();
      const { url, ca, administrator } = server();
      await writeFile(join(folder, "opensearch-ca.pem"), ca);
      Object.assign(process.env, {
        OPENSEARCH_URL: url,
        OPENSEARCH_USERNAME: administrator.username,
        OPENSEARCH_PASSWORD: administrator.password,
        OPENSEARCH_TLS_CA: join(folder, "opensearch-ca.pem"),
      });
      const templates = { indexPrefix: "market-", shards: 1, replicas: 0, refreshMs: 1000 };
      const options = { templates, retainDays: null, compressAfterDays: null, nowMs: Date.now() };
      await runSetup(options, { openSearch: admin(), dashboards: null, planOnly: false, write: () => {} });
      await store();
    });
    afterAll(async () => {
      for (const client of opened) await client.close();
      for (const name of ["URL", "USERNAME", "PASSWORD", "TLS_CA"]) delete process.env[`OPENSEARCH_${name}`];
      await stop();
    });

    async function store(): Promise<void> {
      for (const symbol of ["AAPL", "MSFT", "TSLA"]) {
        const quote = quoteValue("2018-02-03T15:00:00Z").replace('"XXX"', `"${symbol}"`);
        await put(`market-quotes-2018.02.03/_doc/${symbol}`, JSON.parse(quote));
      }
      await put("market-candles-2018.02.03/_doc/c", JSON.parse(candleValue("2018-02-03T15:00:00Z", 0)));
      await put("their-own-index/_doc/x", { secret: true });
    }
    const put = (path: string, body: object) =>
      admin().request({ method: "PUT", path: `/${path}`, query: { refresh: "true" }, body });

    function as(basicAuth: Credentials): OpenSearch {
      const { url, ca } = server();
      const client = createOpenSearch({ url, ca, basicAuth });
      opened.push(client);
      return client;
    }
    async function quotesOf(client: OpenSearch): Promise<Record<string, readonly string[]>> {
      const path = "/market-quotes-2018.02.03/_search";
      const { hits } = (await client.request({ method: "POST", path, body: { size: 100 } })) as Found;
      return Object.fromEntries(hits.hits.map(({ _id, _source }) => [_id, Object.keys(_source)]));
    }

    it("apply makes roles and users, which check proves, and again there is nothing to do", async () => {
      const plan = await entitlements("plan", all);
      expect(plan.stdout).toContain(
        "+ OpenSearch role market-customer-beta: shows market-quotes-* (some documents, some fields)",
      );
      const applied = await apply(all);
      expect(applied).toContain("+ OpenSearch user bob: has the role market-customer-beta\n");
      expect((await entitlements("plan")).stdout).toBe("Nothing to change.\n");
      const { code, stdout, stderr } = await entitlements("check");
      expect(stderr).toBe("");
      expect(stdout).toMatch(/bob +OpenSearch: find documents that were not bought +refused +\d+ +0/);
      expect(stdout).toMatch(/3 users, \d+ attempts, all as they must be\n$/);
      expect(code).toBe(0);
    });

    it("a customer sees the symbols and columns that it bought and nothing else, and what was sold with a delay not at all", async () => {
      const alice = as(await secretOf("acme", "alice"));
      const bob = as(await secretOf("beta", "bob"));
      const carol = as(await secretOf("gamma", "carol"));
      const whole = Object.keys(JSON.parse(quoteValue("2018-02-03T15:00:00Z")));
      expect(await quotesOf(alice)).toEqual({ AAPL: whole, MSFT: whole, TSLA: whole });
      // Of two products of a kind each document shows the columns that both have.
      const cut = ["type", "symbol", "eventTime", "bidPrice"];
      expect(await quotesOf(bob)).toEqual({ AAPL: cut, MSFT: cut });
      const body = {
        size: 0,
        aggs: { symbols: { terms: { field: "symbol" } }, mid: { max: { field: "midPrice" } } },
      };
      expect(await bob.request({ method: "POST", path: "/market-quotes-*/_search", body })).toMatchObject({
        aggregations: { symbols: { buckets: [{ key: "AAPL" }, { key: "MSFT" }] }, mid: { value: null } },
      });
      const count = await bob.request({ method: "GET", path: "/market-quotes-*/_count" });
      expect(count).toMatchObject({ count: 2 });
      await expect(quotesOf(carol)).rejects.toMatchObject(forbidden);
      for (const index of ["market-candles-2018.02.03", "their-own-index"]) {
        await expect(bob.request({ method: "GET", path: `/${index}/_search` }), index).rejects.toMatchObject(forbidden);
      }
      for (const client of [alice, bob]) {
        const request = { method: "PUT", path: "/market-quotes-2018.02.03/_doc/AAPL", body: {} } as const;
        await expect(client.request(request)).rejects.toMatchObject(forbidden);
      }
    });

    it("check finds a role that shows too much, and apply puts it right", async () => {
      const path = "/_plugins/_security/api/roles/market-customer-beta";
      const index_permissions = [{ index_patterns: ["market-*"], allowed_actions: ["read", "write"] }];
      await admin().request({ method: "PUT", path, body: { cluster_permissions: [], index_permissions } });
      const wrong = (await check()).flatMap(({ user, wrong: what }) => what.map((each) => `${user} ${each}`));
      expect(wrong).toContainEqual(
        expect.stringMatching(/^bob can find documents of market-quotes-\* that were not bought \(\d+ documents\)/),
      );
      expect(wrong).toContainEqual(expect.stringMatching(/^bob can find midPrice in market-quotes-\*/));
      expect(wrong).toContain("bob can search market-candles-2018.02.03");
      expect(wrong).toContain("bob can write to market-quotes-2018.02.03");
      expect(wrong.every((line) => line.startsWith("bob "))).toBe(true);
      expect(await apply(all)).toContain("~ OpenSearch role market-customer-beta");
      expect(Object.keys(await quotesOf(as(await secretOf("beta", "bob"))))).toEqual(["AAPL", "MSFT"]);
    });

    it("a user that somebody has removed, or given another password, is put right", async () => {
      const users = "/_plugins/_security/api/internalusers";
      await admin().request({ method: "DELETE", path: `${users}/bob` });
      const other = { backend_roles: ["market-customer-gamma"], attributes: {} };
      await admin().request(putInternalUser("carol", "Of-somebody-else-1", other));
      const taken = await entitlements("apply", all);
      expect(taken).toMatchObject({ code: 1 });
      expect(taken.stderr).toContain("that are not customers': carol");
      await admin().request({ method: "DELETE", path: `${users}/carol` });
      const applied = await apply(all);
      for (const user of ["bob", "carol"]) expect(applied).toContain(`+ OpenSearch user ${user}: has the role`);
      expect(Object.keys(await quotesOf(as(await secretOf("beta", "bob"))))).toHaveLength(2);
    });

    it("a rotation's new password works in OpenSearch before it is handed over, and the old one until the rotation is finished", async () => {
      const before = await secretOf("acme", "alice");
      expect((await entitlements("rotate --user alice")).code).toBe(0);
      const after = await secretOf("acme", "alice");
      expect(after.username).toBe("alice-2");
      for (const credentials of [before, after]) expect(Object.keys(await quotesOf(as(credentials)))).toHaveLength(3);
      expect((await entitlements("plan")).stdout).toMatch(/^Nothing to change.\n!/);
      expect((await entitlements("rotate --user alice --finish")).code).toBe(0);
      await expect(quotesOf(as(before))).rejects.toMatchObject({ status: 401 });
      expect(Object.keys(await quotesOf(as(after)))).toHaveLength(3);
    });

    it("removing a customer removes its role, its mapping and its users, and nobody else's", async () => {
      const bob = await secretOf("beta", "bob");
      const byHand = { cluster_permissions: ["cluster_composite_ops_ro"] };
      const stranger = { backend_roles: [], attributes: {} };
      await admin().request(putInternalUser("stranger", "Nobody-knows-1", stranger));
      await admin().request({
        method: "PUT",
        path: "/_plugins/_security/api/roles/market-customer-of-hand",
        body: byHand,
      });
      const applied = await apply(`${products}customers:\n${acme}${gamma}`);
      expect(applied.indexOf("- OpenSearch role market-customer-beta")).toBeLessThan(applied.indexOf("- user bob"));
      expect(applied).toContain("- OpenSearch user bob\n");
      await expect(quotesOf(as(bob))).rejects.toMatchObject({ status: 401 });
      const found = await readRoles(admin());
      expect([...(found?.roles.keys() ?? [])].filter((name) => name.startsWith("market-customer-"))).toEqual(
        expect.arrayContaining(["market-customer-acme", "market-customer-gamma", "market-customer-of-hand"]),
      );
      expect(found?.roles.has("market-customer-beta")).toBe(false);
      expect(found?.mappings.has("market-customer-beta")).toBe(false);
      const users = [...(await readInternalUsers(admin())).keys()];
      expect(users).toEqual(expect.arrayContaining(["admin", "alice-2", "carol", "stranger"]));
      expect(users).not.toContain("bob");
    });

    it("without an OpenSearch to see to, what is changed elsewhere says so", async () => {
      const url = process.env.OPENSEARCH_URL;
      process.env.OPENSEARCH_URL = "";
      try {
        const { stdout } = await entitlements("plan", `${products}customers:\n${acme}`);
        expect(stdout).toContain("! roles and users of OpenSearch are not seen to: OPENSEARCH_URL is not set\n");
        expect(stdout).not.toContain("OpenSearch role");
      } finally {
        process.env.OPENSEARCH_URL = url;
      }
    });
  });
}
