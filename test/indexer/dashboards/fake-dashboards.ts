import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { faultsOf, type LooseObject } from "./saved-object-rules.ts";

export interface FakeDashboards {
  /** With the path that Amazon OpenSearch Service serves it under. */
  readonly url: string;
  /** By type and id. */
  readonly held: Map<string, LooseObject>;
  /** Paths of the requests, in order. */
  readonly requests: string[];
  readonly headers: Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

const base = "/_dashboards";

/** The saved-object interface of OpenSearch Dashboards at its HTTP border: what it asks of a request, and its rules for objects. */
export async function startFakeDashboards(): Promise<FakeDashboards> {
  const held = new Map<string, LooseObject>();
  const requests: string[] = [];
  const headers: Readonly<Record<string, unknown>>[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = new URL(request.url ?? "", "http://localhost");
    requests.push(`${request.method} ${url.pathname}`);
    headers.push(request.headers);
    if (request.headers["osd-xsrf"] === undefined) {
      return send(response, 400, { message: "Request must contain a osd-xsrf header." });
    }
    if (url.pathname === `${base}/api/saved_objects/_bulk_get`) {
      const asked: readonly { type: string; id: string }[] = JSON.parse(body);
      const missing = { error: { statusCode: 404, error: "Not Found" } };
      return send(response, 200, {
        saved_objects: asked.map(({ type, id }) => held.get(`${type}/${id}`) ?? { type, id, ...missing }),
      });
    }
    if (url.pathname !== `${base}/api/saved_objects/_import`) return send(response, 404, { message: "Not Found" });
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(request.headers["content-type"] ?? "")?.[1];
    const part = body.split(`--${boundary}`)[1] ?? "";
    const [head = "", text = ""] = part.split("\r\n\r\n");
    if (!/name="file"; filename="[^"]+\.ndjson"/.test(head)) return send(response, 400, { message: "Invalid file" });
    const objects: readonly LooseObject[] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const faults = faultsOf(objects);
    const overwrite = url.searchParams.get("overwrite") === "true";
    const errors = objects.flatMap(({ type, id }) => {
      const refused = faults.find((fault) => fault.startsWith(`${type} ${id}: `));
      if (refused !== undefined) return [{ type, id, error: { type: "unknown", message: refused } }];
      return !overwrite && held.has(`${type}/${id}`) ? [{ type, id, error: { type: "conflict" } }] : [];
    });
    for (const object of objects) {
      if (errors.some(({ id }) => id === object.id)) continue;
      // What it adds of its own.
      held.set(`${object.type}/${object.id}`, {
        ...object,
        version: "WzEsMV0=",
        namespaces: ["default"],
      } as LooseObject);
    }
    const successCount = objects.length - errors.length;
    send(
      response,
      200,
      errors.length === 0 ? { success: true, successCount } : { success: false, successCount, errors },
    );
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    held,
    requests,
    headers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" }).end(JSON.stringify(body));
}
