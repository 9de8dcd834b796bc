import { beforeAll, describe, expect, it } from "vitest";
import { countStored, lookUp, storedDocuments } from "../../../cli/verify/opensearch/stored-documents.ts";
import { topicNames } from "../../../domain/topics.ts";
import { installTemplates } from "../../../indexer/install-templates.ts";
import { RetryLog } from "../../../indexer/retry-log.ts";
import { runSetup } from "../../../indexer/setup/run-setup.ts";
import { type TidyOptions, tidyRegularly } from "../../../indexer/setup/tidy.ts";
import { type Templates, templatesOf } from "../../../indexer/templates.ts";
import { systemClock } from "../../../runtime/clock/clock.ts";
import { createOpenSearch } from "../../../runtime/opensearch/client.ts";
import { putInternalUser } from "../../../runtime/opensearch/security.ts";
import type { OpenSearch, OpenSearchConnection, OpenSearchRequest } from "../../../runtime/opensearch/types.ts";
import { quietLog } from "../../support/broker.ts";
import type { SecuredOpenSearch } from "../../support/secured-open-search/start-secured-open-search.ts";
import { createFakeKafka } from "../fake-kafka.ts";
import { sleep, startTestIndexer } from "../indexer-under-test.ts";
import { candleValue, incoming, otherValues, quoteValue } from "../records.ts";

const password = "Of-the-test-users-1";
const templates = templatesOf({ indexPrefix: "market-", shards: 1, replicas: 0, refreshMs: 1000 });
const forbidden = { status: 403 };

/** The roles of a deployment's own programs and people, as `index setup` puts them. */
export function describeRoles(server: () => SecuredOpenSearch, admin: () => OpenSearch): void {
  describe("the roles of index setup", () => {
    const clients: OpenSearch[] = [];
    let writer: OpenSearch;
    let keeper: OpenSearch;
    let reader: OpenSearch;

    function connectionOf(username: string): OpenSearchConnection {
      const { url, ca } = server();
      return { url, ca, basicAuth: { username, password } };
    }
    beforeAll(async () => {
      for (const username of ["indexer", "keeper", "desk"]) {
        const backend_roles = username === "desk" ? ["people"] : [];
        await admin().request(putInternalUser(username, password, { backend_roles, attributes: {} }));
      }
      clients.push(...["indexer", "keeper", "desk"].map((username) => createOpenSearch(connectionOf(username))));
      [writer, keeper, reader] = clients as [OpenSearch, OpenSearch, OpenSearch];
      await admin().request({ method: "PUT", path: "/others" });
      return () => Promise.all(clients.map((client) => client.close()));
    });

    async function setup(planOnly = false, openSearch = admin()): Promise<string> {
      let text = "";
      const holders = {
        writers: { users: ["indexer", "keeper"], backend_roles: [] },
        keepers: { users: ["keeper"], backend_roles: [] },
        readers: { users: [], backend_roles: ["people"] },
      };
      const options = {
        templates: { indexPrefix: "market-", shards: 1, replicas: 0, refreshMs: 1000 },
        retainDays: null,
        compressAfterDays: null,
        nowMs: Date.now(),
      };
      const write = (part: string) => {
        text += part;
      };
      await runSetup(options, { openSearch, dashboards: null, planOnly, holders, write });
      return text;
    }
    const attempt = (client: OpenSearch, method: OpenSearchRequest["method"], path: string, body?: object) =>
      client.request({ method, path, ...(body === undefined ? {} : { body }) });
    const install = (wanted: Templates, openSearch = writer) =>
      installTemplates(wanted, {
        openSearch,
        log: quietLog,
        retryLog: new RetryLog(quietLog, systemClock),
        backoff: { firstMs: 1, maxMs: 8 },
        random: Math.random,
        sleep,
        signal: new AbortController().signal,
      });

    it("an indexer whose templates nobody has put yet stops, and says who must do what", async () => {
      await setup(); // The roles, or it could not even ask; and the templates, which are taken away again.
      await attempt(admin(), "DELETE", "/_index_template/market-quotes");
      await expect(install(templates)).rejects.toMatchObject({
        code: "openSearchRejected",
        message: expect.stringContaining("The index template market-quotes is not there as it is needed"),
        remedy: expect.stringContaining("`bellwether index setup`"),
      });
    });

    it("index setup puts templates and roles, and again there is nothing to do", async () => {
      await attempt(admin(), "DELETE", "/_plugins/_security/api/roles/market-writer");
      const plan = await setup(true);
      expect(plan).toContain("create role market-writer\n");
      expect(await setup()).toContain("create role market-writer\n");
      expect(await setup()).toBe("0 changed.\n");
    });

    it("what somebody has added to a role is told, and taken away", async () => {
      const body = { cluster_permissions: [], index_permissions: [{ index_patterns: ["*"], allowed_actions: ["*"] }] };
      await attempt(admin(), "PUT", "/_plugins/_security/api/roles/market-reader", body);
      expect(await setup()).toContain("update role market-reader\n");
      expect(await setup()).toBe("0 changed.\n");
    });

    it("who may not manage roles cannot put them", async () => {
      await expect(setup(true, writer)).rejects.toMatchObject(forbidden);
    });

    it("D4: with the writer's role the indexer stores every kind, makes the indices, and takes windows of a new interval", async () => {
      expect(await install(templates)).toBe(true);
      const values = [
        quoteValue("2018-01-03T15:00:00Z"),
        quoteValue("2018-01-03T15:00:01Z").replace('"5m":{', '"30s":{'),
        candleValue("2018-01-03T15:00:00Z", 0),
        ...otherValues,
      ];
      const kafka = createFakeKafka({ batchSize: () => 100 });
      const { enriched, deadLetter } = topicNames("market.");
      const received = { "received-time": String(Date.now() * 1000), "enriched-time": String(Date.now() * 1000) };
      const records = values.map((value, at) => incoming(value, { ...received, "source-index": String(at) }));
      kafka.append(enriched, 0, records);
      kafka.append(deadLetter, 0, [incoming("{", { reason: "notJson", stage: "enricher", "source-index": "99" })]);
      const indexer = await startTestIndexer(kafka, server().url, {}, () => false, connectionOf("indexer"));
      await indexer.until(() => indexer.dealtWithAll(kafka));
      await indexer.close();
      expect(kafka.sent).toEqual([]);
      expect(indexer.metrics.snapshot().counts).toMatchObject({ documents: values.length + 1 });
    });

    it("the writer reads and deletes nothing, sees no other index, and changes nothing but its indices", async () => {
      const quotes = "/market-quotes-2018.01.03";
      const tried: readonly (readonly [OpenSearchRequest["method"], string, object?])[] = [
        ["GET", `${quotes}/_search`],
        ["GET", `${quotes}/_doc/a`],
        ["DELETE", `${quotes}/_doc/a`],
        ["POST", `${quotes}/_update/a`, { doc: {} }],
        ["DELETE", quotes],
        ["POST", `${quotes}/_close`],
        ["PUT", `${quotes}/_settings`, { "index.refresh_interval": "1s" }],
        ["PUT", "/others/_doc/a", {}],
        ["GET", "/others/_search"],
        ["GET", "/others/_mapping"],
        ["PUT", "/market-others-2018.01.03"],
        ["PUT", "/_component_template/market-settings", { template: {} }],
        ["PUT", "/_index_template/market-quotes", { index_patterns: ["market-quotes-*"] }],
        ["DELETE", "/_index_template/market-quotes"],
        ["GET", "/_cluster/settings"],
        ["GET", "/_plugins/_security/api/roles"],
      ];
      for (const [method, path, body] of tried) {
        await expect(attempt(writer, method, path, body), `${method} ${path}`).rejects.toMatchObject(forbidden);
      }
      const items = await writer.bulk(Buffer.from('{"index":{"_index":"others","_id":"a"}}\n{}\n'));
      expect(items).toMatchObject([{ status: 403, errorType: "security_exception" }]);
    });

    it("templates of a newer version are good enough, those of an older one are not", async () => {
      const withField = (name: string): Templates => {
        const indices = templates.indices.map((template) => {
          const properties = { ...template.mappings.properties, [name]: { type: "keyword" } };
          return template.name === "market-alerts"
            ? { ...template, mappings: { ...template.mappings, properties } }
            : template;
        });
        return { ...templates, indices };
      };
      await expect(install(withField("ofANewerVersion"))).rejects.toMatchObject({
        message: expect.stringContaining("properties.ofANewerVersion"),
      });
      const alerts = templates.indices.find(({ name }) => name === "market-alerts");
      const body = structuredClone(alerts?.body) as { template: { mappings: { properties: Record<string, object> } } };
      body.template.mappings.properties.ofANewerVersion = { type: "keyword" };
      await attempt(admin(), "PUT", "/_index_template/market-alerts", body);
      expect(await install(templates)).toBe(true);
      await setup();
    });

    it("an index of an older version that lacks a field, and cannot be given it, stops the indexer", async () => {
      const path = "/market-gaps-2017.12.31";
      await attempt(admin(), "PUT", path);
      await attempt(admin(), "DELETE", path);
      const body = { mappings: { dynamic: "strict", properties: { reason: { type: "text" } } } };
      await attempt(admin(), "DELETE", "/_index_template/market-gaps");
      await attempt(admin(), "PUT", path, body);
      await setup(); // Puts the template, and gives the index the other fields.
      expect(await install(templates)).toBe(true);
      await attempt(admin(), "DELETE", path);
      await attempt(admin(), "DELETE", "/_index_template/market-gaps");
      await attempt(admin(), "PUT", path, body);
      await attempt(
        admin(),
        "PUT",
        "/_index_template/market-gaps",
        templates.indices.find(({ name }) => name === "market-gaps")?.body,
      );
      await expect(install(templates)).rejects.toMatchObject({
        message: expect.stringContaining("The index market-gaps-2017.12.31 lacks fields"),
      });
      await attempt(admin(), "DELETE", path);
    });

    it("old days are compressed and deleted with the keeper's role, and not with the writer's", async () => {
      const ending = new AbortController();
      const lines: string[] = [];
      const log = { ...quietLog, warn: (line: string) => void lines.push(line) };
      const options = (openSearch: OpenSearch, days: Partial<TidyOptions>): TidyOptions => ({
        openSearch,
        log,
        indexPrefix: "market-",
        retainDays: null,
        compressAfterDays: null,
        nowMs: () => Date.parse("2018-01-20T00:00:00Z"),
        // Ends after one round.
        sleep: async () => ending.abort(),
        signal: ending.signal,
        ...days,
      });
      const settings = () => attempt(admin(), "GET", "/market-quotes-2018.01.03/_settings");
      await tidyRegularly(options(keeper, { compressAfterDays: 5 }));
      expect(lines).toEqual([]);
      expect(JSON.stringify(await settings())).toContain("best_compression");
      const again = new AbortController();
      const round = { signal: again.signal, sleep: async () => again.abort() };
      await tidyRegularly(options(writer, { retainDays: 10, ...round }));
      expect(lines).toMatchObject([expect.stringContaining("old days are left as they are")]);
      const last = new AbortController();
      await tidyRegularly(options(keeper, { retainDays: 10, signal: last.signal, sleep: async () => last.abort() }));
      await expect(settings()).rejects.toMatchObject({ status: 404 });
    });

    it("readers search everything of the deployment, and write and see nothing else", async () => {
      await attempt(
        admin(),
        "PUT",
        "/market-quotes-2018.01.04/_doc/a?refresh=true",
        JSON.parse(quoteValue("2018-01-04T15:00:00Z")),
      );
      const found = await attempt(reader, "POST", "/market-quotes-*/_search", {
        aggs: { s: { terms: { field: "symbol" } } },
      });
      expect(found).toMatchObject({ hits: { total: { value: 1 } } });
      expect(await attempt(reader, "GET", "/market-*/_field_caps?fields=*")).toMatchObject({
        fields: { bidPrice: {} },
      });
      // What `verify --opensearch` asks.
      const index = "market-quotes-2018.01.04";
      expect((await countStored(reader, "market-")).get(index)?.documents).toBe(1);
      for await (const page of storedDocuments(reader, { name: index, kind: "quote" })) expect(page).toHaveLength(1);
      expect(await lookUp(reader, [{ index, id: "a" }])).toMatchObject([{ id: "a" }]);
      const tried: readonly (readonly [OpenSearchRequest["method"], string, object?])[] = [
        ["PUT", "/market-quotes-2018.01.04/_doc/b", {}],
        ["DELETE", "/market-quotes-2018.01.04/_doc/a"],
        ["DELETE", "/market-quotes-2018.01.04"],
        ["PUT", "/market-quotes-2018.01.04/_mapping", { properties: {} }],
        ["GET", "/others/_search"],
        ["GET", "/_plugins/_security/api/roles"],
      ];
      for (const [method, path, body] of tried) {
        await expect(attempt(reader, method, path, body), `${method} ${path}`).rejects.toMatchObject(forbidden);
      }
    });

    it("the certificate is verified: without the authority, or with another one, nothing is asked", async () => {
      for (const ca of [undefined, await otherAuthority()]) {
        const client = createOpenSearch({ ...connectionOf("indexer"), ca });
        await expect(attempt(client, "GET", "/_plugins/_security/authinfo")).rejects.toMatchObject({
          code: "openSearchUnreachable",
          message: expect.stringMatching(/certificate|self-signed/),
        });
        await client.close();
      }
    });
  });
}

async function otherAuthority(): Promise<string> {
  const { issueAuthority } = await import("../../../local/kafka/certificate.ts");
  const day = 24 * 3600 * 1000;
  return issueAuthority({
    commonName: "Somebody else",
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
  }).certificate;
}
