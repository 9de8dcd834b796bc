import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** What the stand-in does with one request: answer it, answer with a status, or hang up before or after doing it. */
export type Behaviour = "answer" | 401 | 413 | 429 | 503 | "hangUpBefore" | "hangUpAfter";

/** What it does with one document. */
export type ItemBehaviour = "take" | 429 | 503;

export interface FakeOpenSearch {
  readonly url: string;
  /** Documents held, by index and id. */
  readonly held: Map<string, { readonly version: number; readonly source: string }>;
  /** How often a document was taken, by index, id and version: more than once would be a write that changed something twice. */
  readonly takes: ReadonlyMap<string, number>;
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly documents: number;
    readonly bytes: number;
  }[];
  requestsAtOnceMax: number;
  close(): Promise<void>;
}

export interface FakeOptions {
  /** Asked for each bulk request in turn. */
  readonly behaviour?: (request: number, documents: number, bytes: number) => Behaviour;
  /** Asked for each document. */
  readonly item?: (id: string) => ItemBehaviour;
}

/** OpenSearch's bulk at its HTTP border: external versions as the real one has them, and faults as the script says. A value with `"poison"` in it is refused. */
export async function startFakeOpenSearch(options: FakeOptions = {}): Promise<FakeOpenSearch> {
  const held = new Map<string, { version: number; source: string }>();
  const takes = new Map<string, number>();
  let atOnce = 0;
  const server = createServer((request, response) => {
    atOnce += 1;
    fake.requestsAtOnceMax = Math.max(fake.requestsAtOnceMax, atOnce);
    response.on("close", () => {
      atOnce -= 1;
    });
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const path = (request.url ?? "").split("?")[0] ?? "";
    const lines = body.split("\n").slice(0, -1);
    const documents = path === "/_bulk" ? lines.length / 2 : 0;
    const number = fake.requests.push({ method: request.method ?? "", path, documents, bytes: body.length }) - 1;
    // Long enough for requests to meet, where they may.
    await delay(1);
    const behaviour = options.behaviour?.(number, documents, body.length) ?? "answer";
    if (behaviour === "hangUpBefore") return void request.socket.destroy();
    if (typeof behaviour === "number") {
      return send(response, behaviour, { error: { type: `fault_${behaviour}`, reason: "scripted" } });
    }
    const items = path === "/_bulk" ? pairs(lines).map(([action, source]) => ({ index: take(action, source) })) : [];
    if (behaviour === "hangUpAfter") return void request.socket.destroy();
    send(response, 200, path === "/_bulk" ? { items } : { acknowledged: true });
  }

  function take(actionLine: string, source: string) {
    const { _index, _id, version }: { _index: string; _id: string; version: number } = JSON.parse(actionLine).index;
    if (source.includes('"poison"'))
      return { status: 400, error: { type: "mapper_parsing_exception", reason: "poison" } };
    const behaviour = options.item?.(_id) ?? "take";
    if (behaviour !== "take")
      return { status: behaviour, error: { type: "rejected_execution_exception", reason: "busy" } };
    const key = `${_index}/${_id}`;
    if ((held.get(key)?.version ?? 0) >= version) {
      return { status: 409, error: { type: "version_conflict_engine_exception", reason: "there" } };
    }
    held.set(key, { version, source });
    takes.set(`${key}/${version}`, (takes.get(`${key}/${version}`) ?? 0) + 1);
    return { status: 201 };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const fake: FakeOpenSearch = {
    url: `http://127.0.0.1:${port}`,
    held,
    takes,
    requests: [],
    requestsAtOnceMax: 0,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return fake;
}

function pairs(lines: readonly string[]): [string, string][] {
  return lines.flatMap((line, at): [string, string][] => (at % 2 === 0 ? [[line, lines[at + 1] ?? ""]] : []));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
