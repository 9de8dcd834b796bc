import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the proxy does with a bulk request: hands it on, refuses it, hands it on and answers late by the clock, or hangs up. */
export type ProxyMode = "pass" | 429 | "slow" | "down";

export interface OpenSearchProxy {
  readonly url: string;
  mode: ProxyMode;
  /** Of each bulk request: its documents, and how many were under way with it. */
  readonly requests: { readonly documents: number; readonly atOnce: number }[];
  close(): Promise<void>;
}

/**
 * A node that is busy, slow or away, as its clients see it: a proxy on loopback before the real one.
 * @param onSlow called before a late answer, to let the clock jump that it is measured by
 */
export async function startOpenSearchProxy(target: string, onSlow: () => void): Promise<OpenSearchProxy> {
  let atOnce = 0;
  const server = createServer((request, response) => {
    atOnce += 1;
    response.on("close", () => {
      atOnce -= 1;
    });
    answer(request, response).catch(() => request.socket.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    proxy.requests.push({ documents: body.toString("latin1").split("\n").length >> 1, atOnce });
    if (proxy.mode === "down") return void request.socket.destroy();
    if (proxy.mode === 429) {
      const error = { type: "rejected_execution_exception", reason: "scripted" };
      return void response.writeHead(429, { "content-type": "application/json" }).end(JSON.stringify({ error }));
    }
    const isSlow = proxy.mode === "slow";
    const { status, text } = await handOn(request, body);
    if (isSlow) onSlow();
    response.writeHead(status, { "content-type": "application/json" }).end(text);
  }

  async function handOn({ method, url, headers }: IncomingMessage, body: Buffer) {
    const onward = httpRequest(`${target}${url}`, { method, headers });
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      onward.on("response", resolve).on("error", reject),
    );
    onward.end(body);
    const incoming = await answered;
    let text = "";
    for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
    return { status: incoming.statusCode ?? 502, text };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: OpenSearchProxy = {
    url: `http://127.0.0.1:${port}`,
    mode: "pass",
    requests: [],
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
