import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import * as handler from "../../../infra/handlers/search-setup/handler.ts";
import { type RunningOpenSearch, startOpenSearch } from "../../../local/opensearch/start-opensearch.ts";
import { withoutAws } from "../../support/aws-stand-in.ts";
import { type FakeSecretsManager, startFakeSecretsManager } from "../../support/fake-secrets-manager.ts";
import { type Asked, runResource } from "../../support/provider-framework.ts";

/*
 * The real handler on a real OpenSearch. In front stands what a domain has and the local OpenSearch has not: Dashboards below /_dashboards and the security
 * plugin's users, both of which only take down what they were asked.
 */

withoutAws();

interface Request {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

let openSearch: RunningOpenSearch;
let manager: FakeSecretsManager;
let domain: Server;
let endpoint = "";
const asked: Request[] = [];
/** The status of the next answers, before those of OpenSearch. */
const troubles: number[] = [];

beforeAll(async () => {
  manager = await startFakeSecretsManager();
  vi.stubEnv("AWS_ENDPOINT_URL", manager.endpoint);
  const secret = (username: string, password: string) => {
    const text = JSON.stringify({ username, password });
    return { text, kmsKeyId: "key", policy: undefined, tags: new Map() };
  };
  manager.secrets.set("master", secret("admin", "master-password"));
  manager.secrets.set("indexer", secret("indexer", "indexer-password"));
  openSearch = await startOpenSearch({ environment: process.env });
  domain = createServer(async (request, response) => {
    const body = await textOf(request);
    const path = request.url ?? "";
    asked.push({ method: request.method ?? "", path, authorization: request.headers.authorization ?? "", body });
    const trouble = troubles.shift();
    const answered = trouble === undefined ? ownAnswer(path) : { status: trouble, body: {} };
    if (answered !== null) {
      response.writeHead(answered.status, { "Content-Type": "application/json" });
      return void response.end(JSON.stringify(answered.body));
    }
    const headers = { ...request.headers };
    delete headers.authorization;
    const passed = httpRequest(`${openSearch.url}${path}`, { method: request.method, headers }, (from) => {
      response.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(response);
    });
    passed.end(body);
  });
  await new Promise<void>((resolve) => domain.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(domain.address() as AddressInfo).port}`;
});
afterAll(async () => {
  domain.closeAllConnections();
  domain.close();
  manager.close();
  await openSearch.stop();
});

function ownAnswer(path: string): { readonly status: number; readonly body: object } | null {
  if (path.endsWith("/_bulk_get")) return { status: 200, body: { saved_objects: [] } };
  if (path.includes("/saved_objects/_import")) return { status: 200, body: { success: true, successCount: 1 } };
  return path.includes("/internalusers/") ? { status: 201, body: { status: "CREATED" } } : null;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const logged: string[] = [];
beforeEach(() => {
  asked.length = 0;
  logged.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((line) => logged.push(String(line)) > 0);
});
afterEach(() => void vi.restoreAllMocks());

const deploy = (type: Asked["type"], settings: Readonly<Record<string, string>> = { TOPIC_PREFIX: "market." }) =>
  runResource(handler, {
    type,
    properties: { endpoint, masterSecretArn: "master", indexerSecretArn: "indexer", settings, revision: "1" },
  });

it("templates, dashboards and the indexer's user are made as the master user, and no password is logged", async () => {
  await deploy("Create", { TOPIC_PREFIX: "market.", OPENSEARCH_REPLICAS: "1", OPENSEARCH_WRITERS: "indexer" });
  const templates = (await (await fetch(`${openSearch.url}/_index_template/market-quotes`)).json()) as object;
  expect(JSON.stringify(templates)).toContain("market-quotes");
  const user = asked.find(({ path }) => path.endsWith("/internalusers/indexer"));
  expect(user?.method).toBe("PUT");
  expect(JSON.parse(user?.body ?? "")).toEqual({ password: "indexer-password", backend_roles: [], attributes: {} });
  expect(asked.filter(({ path }) => path.startsWith("/_dashboards/api/saved_objects/_import"))).toHaveLength(1);
  const master = `Basic ${Buffer.from("admin:master-password").toString("base64")}`;
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set([master]));
  expect(logged.join("")).toMatch(/create index template market-quotes/);
  expect(logged.join("")).not.toMatch(/-password/);
});

it("a domain that is not ready yet is waited for, and a second deployment finds the templates as wanted", async () => {
  troubles.push(503);
  expect((await deploy("Update", { TOPIC_PREFIX: "market.", OPENSEARCH_REPLICAS: "1" })).looks).toBe(2);
  expect(logged.join("")).not.toMatch(/(create|update) (index|component) template/);
});

it("a master user that is refused fails the deployment with what to do", async () => {
  troubles.push(401);
  await expect(deploy("Update")).rejects.toThrow(/answered 401.*OPENSEARCH_SECRET_ID/s);
});

it("settings with faults fail before anything is asked of the domain", async () => {
  await expect(deploy("Create", { OPENSEARCH_REPLICAS: "many" })).rejects.toThrow(/OPENSEARCH_REPLICAS/);
  expect(asked).toEqual([]);
});

it("a deletion leaves the domain alone", async () => {
  await deploy("Delete");
  expect(asked).toEqual([]);
});
