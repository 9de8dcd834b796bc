import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { issueAuthority, issueServerCertificate } from "../../local/kafka/certificate.ts";
import type { Credentials } from "../../runtime/secrets/secret-store.ts";

type Kind = "roles" | "rolesmapping" | "internalusers";

/** The security plugin's API of an OpenSearch domain, as far as entitlements use it: what was put is there, in memory. */
export interface FakeSecurityPlugin {
  readonly url: string;
  /** The authority to trust, PEM. */
  readonly ca: string;
  readonly held: Readonly<Record<Kind, Map<string, Record<string, unknown>>>>;
  /** How many requests came, those refused too. */
  asked: number;
  close(): void;
}

const pathOf = /^\/_plugins\/_security\/api\/(roles|rolesmapping|internalusers)(?:\/([^/?]+))?$/;

/** Starts one on a free port of 127.0.0.1, with TLS and one user who may do all. */
export async function startFakeSecurityPlugin(administrator: Credentials): Promise<FakeSecurityPlugin> {
  const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = issueAuthority({ commonName: "Authority of the stand-in", ...validity });
  const names = { commonName: "localhost", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
  const own = issueServerCertificate(
    { ...authority, commonName: "Authority of the stand-in" },
    { ...names, ...validity },
  );
  const held = { roles: new Map(), rolesmapping: new Map(), internalusers: new Map() };
  const authorization = `Basic ${Buffer.from(`${administrator.username}:${administrator.password}`).toString("base64")}`;
  const server = createServer({ key: own.privateKey, cert: own.certificate }, async (request, response) => {
    const body = await textOf(request);
    plugin.asked++;
    const answer = (status: number, value: object) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(value));
    };
    if (request.headers.authorization !== authorization) return answer(401, {});
    const [, kind, name] = pathOf.exec(request.url ?? "") ?? [];
    if (kind === undefined) return answer(400, { error: "no handler found" });
    const things: Map<string, object> = held[kind as Kind];
    if (name === undefined) return answer(200, Object.fromEntries(things));
    if (request.method === "PUT") things.set(name, JSON.parse(body) as object);
    else if (!things.delete(name)) return answer(404, { status: "NOT_FOUND" });
    return answer(200, { status: "OK" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const plugin: FakeSecurityPlugin = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: authority.certificate,
    held,
    asked: 0,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return plugin;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
