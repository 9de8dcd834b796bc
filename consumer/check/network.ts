import { lookup } from "node:dns/promises";
import { connect as connectPlain, isIP } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { dnsRemedy, tcpRemedy, tlsRemedy } from "./remedies.ts";
import { type CheckResult, type Endpoint, endpointText } from "./step.ts";

export interface NetworkOptions {
  /** Undefined: those that Node trusts. */
  readonly ca: string | undefined;
  readonly hasTls: boolean;
  /** A broker's own name, as the cluster tells it, and not one that the customer gave. */
  readonly isOwnName: boolean;
  readonly timeoutMs: number;
  readonly nowMs: () => number;
}

const dayMs = 86_400_000;
const expiresSoonMs = 14 * dayMs;

/** The way to one broker, up to a trusted connection: DNS, TCP, TLS. Ends with the first step that fails. */
export async function* checkEndpoint(endpoint: Endpoint, options: NetworkOptions): AsyncGenerator<CheckResult> {
  for (const step of [checkDns, checkTcp, checkTls]) {
    const result = await step(endpoint, options);
    yield result;
    if (result.outcome === "failed") return;
  }
}

async function checkDns(endpoint: Endpoint, { isOwnName }: NetworkOptions): Promise<CheckResult> {
  const step = `dns ${endpoint.host}`;
  if (isIP(endpoint.host) !== 0) return { step, outcome: "ok", found: "an address" };
  try {
    const addresses = await lookup(endpoint.host, { all: true });
    return { step, outcome: "ok", found: addresses.map(({ address }) => address).join(", ") };
  } catch (error) {
    return { step, outcome: "failed", found: codeOf(error), remedy: dnsRemedy(endpoint, isOwnName) };
  }
}

async function checkTcp(endpoint: Endpoint, { timeoutMs, isOwnName }: NetworkOptions): Promise<CheckResult> {
  const step = `tcp ${endpointText(endpoint)}`;
  const started = performance.now();
  const fault = await new Promise<string | null>((resolve) => {
    const socket = connectPlain({ ...endpoint, timeout: timeoutMs });
    const end = (code: string | null) => {
      socket.destroy();
      resolve(code);
    };
    socket.once("connect", () => end(null));
    socket.once("timeout", () => end("no answer"));
    socket.once("error", (error) => end(codeOf(error)));
  });
  if (fault !== null) return { step, outcome: "failed", found: fault, remedy: tcpRemedy(endpoint, fault, isOwnName) };
  return { step, outcome: "ok", found: `${(performance.now() - started).toFixed(1)} ms` };
}

async function checkTls(endpoint: Endpoint, options: NetworkOptions): Promise<CheckResult> {
  const step = `tls ${endpointText(endpoint)}`;
  if (!options.hasTls) return { step, outcome: "skipped", found: "TLS is off" };
  const { ca, timeoutMs, nowMs } = options;
  const servername = isIP(endpoint.host) === 0 ? { servername: endpoint.host } : {};
  const fault = Promise.withResolvers<string | null>();
  // What is wrong with the certificate is to be told, not only that something is: so it is looked at after the handshake.
  const socket = connectTls({
    ...endpoint,
    ...servername,
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: false,
  });
  socket.setTimeout(timeoutMs, () => fault.resolve("no answer"));
  socket.once("error", (error) => fault.resolve(codeOf(error)));
  socket.once("close", () => fault.resolve("closed by the other side"));
  socket.once("secureConnect", () => fault.resolve(null));
  try {
    const code = await fault.promise;
    if (code !== null) return { step, outcome: "failed", found: `no handshake: ${code}`, remedy: tlsRemedy("notTls") };
    return { step, ...judgeCertificate(socket, nowMs()) };
  } finally {
    socket.destroy();
  }
}

function judgeCertificate(socket: TLSSocket, nowMs: number): Omit<CheckResult, "step"> {
  const certificate = socket.getPeerCertificate();
  const until = new Date(certificate.valid_to);
  const about = `${nameOf(certificate)}, valid until ${until.toISOString().slice(0, 10)}`;
  if (!socket.authorized) {
    // Typed as an error; Node gives the code's text.
    const given: unknown = socket.authorizationError;
    const code = typeof given === "string" ? given : codeOf(given);
    return { outcome: "failed", found: `${code}: ${about}`, remedy: tlsRemedy(code) };
  }
  if (until.getTime() - nowMs > expiresSoonMs) return { outcome: "ok", found: `${socket.getProtocol()}, ${about}` };
  return { outcome: "warning", found: about, remedy: ["The certificate ends soon: ask the provider to renew it."] };
}

function nameOf({ subject, subjectaltname, issuer }: ReturnType<TLSSocket["getPeerCertificate"]>): string {
  const names = subjectaltname === undefined ? textOf(subject?.CN) : subjectaltname.replaceAll("DNS:", "");
  return `for ${names} by ${textOf(issuer?.CN ?? issuer?.O)}`;
}

function textOf(name: string | string[] | undefined): string {
  return name === undefined ? "nobody" : String(name);
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
