import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:tls";
import { afterEach, expect, it } from "vitest";
import { issueAuthority, issueServerCertificate } from "../../../local/kafka/certificate.ts";

const validity = { notBefore: new Date("2024-01-01T00:00:00Z"), notAfter: new Date("2051-06-30T12:34:56Z") };
const authority = {
  ...issueAuthority({ commonName: "A test authority", ...validity }),
  commonName: "A test authority",
};
const server = issueServerCertificate(authority, {
  commonName: "localhost",
  dnsNames: ["localhost"],
  ipAddresses: ["127.0.0.1"],
  ...validity,
});
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

it("an authority may sign, a server may not, and the server's certificate is signed by the authority", () => {
  const ca = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate(server.certificate);
  expect(ca.ca).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(
    leaf.verify(new X509Certificate(issueAuthority({ commonName: "Another", ...validity }).certificate).publicKey),
  ).toBe(false);
});

it("a certificate names its host, its address and its validity, beyond 2050 too", () => {
  const leaf = new X509Certificate(server.certificate);
  expect(leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1");
  expect(leaf.checkHost("localhost")).toBe("localhost");
  expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(leaf.checkIP("127.0.0.2")).toBeUndefined();
  expect(leaf.validFromDate).toEqual(validity.notBefore);
  expect(leaf.validToDate).toEqual(validity.notAfter);
});

it("a TLS client that trusts the authority trusts the server, and one that does not refuses it", async () => {
  const listening = createServer({ key: server.privateKey, cert: server.certificate }, (socket) => socket.end("hello"));
  listening.on("tlsClientError", () => {});
  listening.listen(0, "127.0.0.1");
  closing.push(() => listening.close());
  await once(listening, "listening");
  const address = listening.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  const trusting = connect({ host: "127.0.0.1", port, ca: authority.certificate });
  closing.push(() => trusting.destroy());
  await once(trusting, "secureConnect");
  expect(trusting.authorized).toBe(true);

  const doubting = connect({ host: "127.0.0.1", port });
  closing.push(() => doubting.destroy());
  await expect(once(doubting, "secureConnect")).rejects.toThrow(/certificate/);
});
