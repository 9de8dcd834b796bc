import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

interface HeldSecret {
  text: string;
  kmsKeyId: string | undefined;
  policy: string | undefined;
  tags: Map<string, string>;
}

/** As much of Secrets Manager's JSON protocol over HTTP as keeping credentials needs. */
export interface FakeSecretsManager {
  readonly endpoint: string;
  readonly secrets: Map<string, HeldSecret>;
  /** The operations asked for, in order. */
  readonly asked: string[];
  close(): void;
}

interface Request {
  readonly SecretId?: string;
  readonly Name?: string;
  readonly SecretString?: string;
  readonly KmsKeyId?: string;
  readonly ResourcePolicy?: string;
  readonly NextToken?: string;
  readonly Filters?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly ForceDeleteWithoutRecovery?: boolean;
}

/** Starts one on a free port of loopback; the SDK wants some credentials in the environment too. */
export async function startFakeSecretsManager(): Promise<FakeSecretsManager> {
  const secrets = new Map<string, HeldSecret>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const operation = String(request.headers["x-amz-target"]).replace("secretsmanager.", "");
      asked.push(operation);
      const answer = answerTo(operation, JSON.parse(body) as Request, secrets);
      response.writeHead("__type" in answer ? 400 : 200, { "Content-Type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, secrets, asked, close: () => void server.close() };
}

function answerTo(operation: string, request: Request, secrets: Map<string, HeldSecret>): object {
  if (operation === "ListSecrets") return list(request, secrets);
  if (operation === "CreateSecret") {
    if (secrets.has(request.Name ?? "")) return fault("ResourceExistsException");
    const { SecretString: text = "", KmsKeyId: kmsKeyId } = request;
    secrets.set(request.Name ?? "", { text, kmsKeyId, policy: undefined, tags: new Map() });
    return {};
  }
  const held = secrets.get(request.SecretId ?? "");
  if (held === undefined) return fault("ResourceNotFoundException");
  switch (operation) {
    case "DescribeSecret":
      return { Name: request.SecretId, ARN: secretArnOf(request.SecretId ?? "") };
    case "GetSecretValue":
      return { SecretString: held.text };
    case "PutSecretValue":
      held.text = request.SecretString ?? "";
      return {};
    case "PutResourcePolicy":
      held.policy = request.ResourcePolicy;
      return {};
    case "TagResource":
      for (const { Key, Value } of request.Tags ?? []) held.tags.set(Key, Value);
      return {};
    case "DeleteSecret":
      if (request.ForceDeleteWithoutRecovery === true) secrets.delete(request.SecretId ?? "");
      return {};
    default:
      return fault("UnknownOperationException");
  }
}

/** The ARN that a secret of this name has. */
export function secretArnOf(name: string): string {
  return `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
}

/** As the service: pages, and a filter that finds the words anywhere in a name. */
function list({ Filters = [], NextToken }: Request, secrets: Map<string, HeldSecret>): object {
  const words = Filters.flatMap(({ Values }) => Values).map((value) => value.toLowerCase());
  const found = [...secrets].filter(([name]) => words.some((word) => name.toLowerCase().includes(word)));
  const from = Number(NextToken ?? 0);
  const page = found.slice(from, from + pageSize).map(([Name, { tags }]) => ({
    Name,
    Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
  }));
  return { SecretList: page, ...(from + pageSize < found.length ? { NextToken: String(from + pageSize) } : {}) };
}

const pageSize = 2;

function fault(type: string): object {
  return { __type: type, message: "by the fake" };
}
