import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  badRequest,
  clusterArn,
  FakeCluster,
  type FakeClusterOptions,
  type FakeFault,
  notFound,
} from "./fake-cluster.ts";
import { FakeScramSecrets, type FakeScramSecretsOptions } from "./fake-scram-secrets.ts";

/** One request that was answered, or was not. */
export interface AskedRequest {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the next request of an operation meets instead of its answer. */
export type Trouble =
  | { readonly kind: "fault"; readonly fault: FakeFault }
  /** Nothing is done, and no answer comes. */
  | { readonly kind: "silence" }
  /** It is done, and the connection ends before the answer. */
  | { readonly kind: "lostAnswer" };

export const throttled: Trouble = {
  kind: "fault",
  fault: { status: 429, type: "TooManyRequestsException", message: "Slow down." },
};

/** As much of MSK's control plane over HTTP as the deployment uses, with one cluster. */
export interface FakeMsk {
  readonly endpoint: string;
  readonly cluster: FakeCluster;
  readonly secrets: FakeScramSecrets;
  readonly asked: AskedRequest[];
  /** The next request of this operation meets trouble; several are met one after the other. */
  trouble(operation: string, trouble: Trouble): void;
  close(): void;
}

export interface FakeMskOptions extends FakeClusterOptions, FakeScramSecretsOptions {
  /** A fake Secrets Manager that answers at the same endpoint: the SDK is given one for all services. */
  readonly secretsManager?: string;
}

/** Starts one on a free port of loopback; the SDK wants some credentials in the environment too. */
export async function startFakeMsk(options: FakeMskOptions = {}): Promise<FakeMsk> {
  const cluster = new FakeCluster(options);
  const secrets = new FakeScramSecrets(options);
  const asked: AskedRequest[] = [];
  const troubles: { readonly operation: string; readonly trouble: Trouble }[] = [];
  const server = createServer(async (request, response) => {
    if (request.headers["x-amz-target"] !== undefined) return passOn(request, response, options.secretsManager ?? "");
    const body = JSON.parse((await textOf(request)) || "{}") as Readonly<Record<string, unknown>>;
    const url = new URL(request.url ?? "/", "http://fake");
    const operation = operationOf(request.method ?? "", decodeURIComponent(url.pathname));
    asked.push({ operation, body });
    const at = troubles.findIndex((each) => each.operation === operation);
    const [met] = at === -1 ? [] : troubles.splice(at, 1);
    if (met?.trouble.kind === "silence") return;
    if (met?.trouble.kind === "fault") return answer(response, met.trouble.fault);
    const result = await answerTo(operation, url, body, cluster, secrets);
    if (met?.trouble.kind === "lostAnswer") return void request.socket.destroy();
    answer(response, result);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cluster,
    secrets,
    asked,
    trouble: (operation, trouble) => void troubles.push({ operation, trouble }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function operationOf(method: string, path: string): string {
  if (path.startsWith("/api/v2/operations/")) return "DescribeClusterOperationV2";
  if (path.startsWith("/api/v2/clusters/")) return "DescribeClusterV2";
  if (path.endsWith("/connectivity")) return "UpdateConnectivity";
  if (path.endsWith("/bootstrap-brokers")) return "GetBootstrapBrokers";
  if (path.endsWith("/scram-secrets")) {
    if (method === "POST") return "BatchAssociateScramSecret";
    return method === "PATCH" ? "BatchDisassociateScramSecret" : "ListScramSecrets";
  }
  return `${method} ${path}`;
}

async function answerTo(
  operation: string,
  url: URL,
  body: Readonly<Record<string, unknown>>,
  cluster: FakeCluster,
  secrets: FakeScramSecrets,
): Promise<object | FakeFault> {
  const path = decodeURIComponent(url.pathname);
  if (operation === "DescribeClusterOperationV2")
    return cluster.describeOperation(path.replace("/api/v2/operations/", ""));
  if (!path.includes(clusterArn)) return notFound("cluster");
  const arns = (body["secretArnList"] ?? []) as readonly string[];
  switch (operation) {
    case "DescribeClusterV2":
      return cluster.describe();
    case "UpdateConnectivity":
      return cluster.updateConnectivity(body);
    case "GetBootstrapBrokers":
      return cluster.bootstrapBrokers();
    case "ListScramSecrets":
      return secrets.list(Number(url.searchParams.get("nextToken") ?? 0));
    case "BatchAssociateScramSecret":
      return secrets.change(arns, "associated");
    case "BatchDisassociateScramSecret":
      return secrets.change(arns, "disassociated");
    default:
      return badRequest(`The fake does not know ${operation}.`);
  }
}

function answer(response: ServerResponse, result: object | FakeFault): void {
  if ("status" in result && "type" in result) {
    const { status, type, message, invalidParameter } = result;
    response.writeHead(status, { "Content-Type": "application/json", "x-amzn-ErrorType": type });
    response.end(JSON.stringify({ message, ...(invalidParameter === undefined ? {} : { invalidParameter }) }));
    return;
  }
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(result));
}

function passOn(request: IncomingMessage, response: ServerResponse, to: string): void {
  const { method, headers } = request;
  const passed = httpRequest(to, { method: method ?? "POST", headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 500, answered.headers);
    answered.pipe(response);
  });
  request.pipe(passed);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
