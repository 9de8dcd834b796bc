import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import { openSearchConnection } from "../../runtime/opensearch/connection.ts";
import { OpenSearchFault } from "../../runtime/opensearch/fault.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server, protocol: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serving(listener: RequestListener): Promise<string> {
  return listen(createServer(listener), "http");
}

function opened(url: string, ca?: string, basicAuth: { username: string; password: string } | null = null): OpenSearch {
  const openSearch = createOpenSearch({ url, basicAuth, ca });
  closers.push(() => openSearch.close());
  return openSearch;
}

async function faultOf(promise: Promise<unknown>): Promise<OpenSearchFault> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OpenSearchFault)) throw new Error(`expected a fault, got ${String(error)}`);
  return error;
}

describe("the door to OpenSearch", () => {
  it("a node that is not there is unreachable: the line names the URL and how to mend it, and it may be tried again", async () => {
    const fault = await faultOf(opened("http://127.0.0.1:1").request({ method: "GET", path: "/" }));
    expect(fault).toMatchObject({ code: "openSearchUnreachable", retriable: true, status: null });
    expect(fault.line).toContain("http://127.0.0.1:1");
    expect(fault.line).toContain("OPENSEARCH_URL");
  });

  it("an answer that comes before all was sent, and a socket that is then reset, print nothing where programs read", async () => {
    const print = vi.spyOn(console, "log").mockReturnValue();
    const url = await serving((request, response) => {
      request.once("data", () => {
        response.writeHead(413, { "content-type": "application/json" }).end("{}");
        setTimeout(() => request.socket.resetAndDestroy(), 1);
      });
    });
    for (let n = 0; n < 10; n++) {
      const fault = await faultOf(opened(url).bulk(Buffer.alloc(20_000_000)));
      expect([413, null]).toContain(fault.status);
    }
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
  });

  it.each([
    [401, "security_exception", false, "OPENSEARCH_PASSWORD"],
    [403, "security_exception", false, "rights"],
    [403, "cluster_block_exception", true, "room"],
    [429, "rejected_execution_exception", true, "load"],
    [503, null, true, "health"],
    [400, "parse_exception", false, "log"],
  ])(
    "a %i with %s is rejected, retriable: %s, and the line says what to mend",
    async (status, type, retriable, remedy) => {
      const url = await serving((_, response) => {
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: { type } }));
      });
      const fault = await faultOf(opened(url).bulk(Buffer.from("{}\n")));
      expect(fault).toMatchObject({ code: "openSearchRejected", status, type, retriable });
      expect(fault.line).toContain(remedy);
    },
  );

  it("an answer that begins and never ends is given up after the time limit", async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"half":');
    });
    const fault = await faultOf(opened(url).request({ method: "GET", path: "/", timeoutMs: 50 }));
    expect(fault).toMatchObject({ code: "openSearchUnreachable", retriable: true });
    expect(fault.message).toContain("no complete answer within 0.05 s");
  });

  it("an answer that is not OpenSearch's is a fault, never a success", async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
    });
    expect(await faultOf(opened(url).bulk(Buffer.from("{}\n")))).toMatchObject({ code: "openSearchRejected" });
  });

  it.each([1, 2, 500])("an answer that all of %i documents were created says so of each", async (documents) => {
    const items: object[] = Array.from({ length: documents }, () => ({ index: { status: 201 } }));
    const url = await serving((_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ items }));
    });
    const openSearch = opened(url);
    const created = { status: 201, errorType: null, errorReason: "" };
    expect(await openSearch.bulk(Buffer.from("{}"))).toEqual(items.map(() => created));
    items[documents - 1] = { index: { status: 409 } };
    expect((await openSearch.bulk(Buffer.from("{}"))).at(-1)).toEqual({ ...created, status: 409 });
  });

  it("bulk items give the status, and the fault with its causes in words", async () => {
    const error = { type: "mapper_parsing_exception", reason: "failed", caused_by: { type: "x", reason: "bad date" } };
    const url = await serving((_, response) => {
      const items = [{ index: { status: 201 } }, { index: { status: 400, error } }];
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ items }));
    });
    expect(await opened(url).bulk(Buffer.from("{}\n"))).toEqual([
      { status: 201, errorType: null, errorReason: "" },
      { status: 400, errorType: "mapper_parsing_exception", errorReason: "failed; bad date" },
    ]);
  });

  it("sends the bulk body's bytes as they are, with basic authentication, and never shows the password in a fault", async () => {
    const seen: string[] = [];
    const url = await serving((request, response) => {
      seen.push(String(request.headers.authorization), String(request.headers["content-type"]));
      request.on("data", (chunk) => seen.push(String(chunk)));
      request.on("end", () => response.writeHead(401, { "content-type": "application/json" }).end("{}"));
    });
    const openSearch = opened(url, undefined, { username: "indexer", password: "s3cret-word" });
    const fault = await faultOf(openSearch.bulk(Buffer.from('{"a": 1.10}\n')));
    expect(seen).toEqual([
      `Basic ${Buffer.from("indexer:s3cret-word").toString("base64")}`,
      "application/x-ndjson",
      '{"a": 1.10}\n',
    ]);
    expect(`${fault.line} ${fault.stack}`).not.toContain("s3cret-word");
  });

  it("a certificate of an unknown authority is refused, and taken with OPENSEARCH_TLS_CA", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bellwether-tls-"));
    closers.push(() => rmSync(folder, { recursive: true }));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const making = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert];
    execFileSync("openssl", [...making, ...subject], { stdio: "ignore" });
    const url = await listen(
      createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
        response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
      }),
      "https",
    );
    const fault = await faultOf(opened(url).request({ method: "GET", path: "/" }));
    expect(fault).toMatchObject({ code: "openSearchUnreachable" });
    expect(fault.line).toContain("OPENSEARCH_TLS_CA");
    const { ca } = await openSearchConnection({ OPENSEARCH_URL: url, OPENSEARCH_TLS_CA: cert });
    expect(await opened(url, ca).request({ method: "GET", path: "/" })).toEqual({ ok: true });
  });

  it("closing gives up what is under way, and twice is as good as once", async () => {
    const url = await serving(() => {});
    const openSearch = opened(url);
    const under = faultOf(openSearch.request({ method: "GET", path: "/" }));
    await openSearch.close();
    await openSearch.close();
    expect(await under).toMatchObject({ code: "openSearchUnreachable" });
  });
});

describe("connections from the configuration", () => {
  const OPENSEARCH_URL = "http://127.0.0.1:9200";

  it("a named secret gives the credentials", async () => {
    const asked: unknown[] = [];
    const connection = await openSearchConnection(
      { OPENSEARCH_URL, OPENSEARCH_SECRET_ID: "search/indexer", AWS_REGION: "eu-west-1" },
      async (secretId, schema, location) => {
        asked.push(secretId, location.region);
        return schema.parse({ username: "u", password: "p" });
      },
    );
    expect(connection.basicAuth).toEqual({ username: "u", password: "p" });
    expect(asked).toEqual(["search/indexer", "eu-west-1"]);
  });

  it("half of the credentials, or an authority that cannot be read, is a fault of the configuration", async () => {
    await expect(openSearchConnection({ OPENSEARCH_URL, OPENSEARCH_USERNAME: "u" })).rejects.toMatchObject({
      code: "badConfiguration",
    });
    await expect(openSearchConnection({ OPENSEARCH_URL, OPENSEARCH_TLS_CA: "/nowhere" })).rejects.toMatchObject({
      code: "badConfiguration",
    });
  });
});
