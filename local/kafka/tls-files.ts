import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { issueAuthority, issueServerCertificate } from "./certificate.ts";
import { writeSecret } from "./credentials.ts";

/** The broker's TLS material in its data folder. */
export interface TlsFiles {
  /** The authority's certificate, PEM: what clients trust. */
  readonly caFile: string;
  readonly ca: string;
  /** The server's private key and certificate in one PEM file, as Kafka wants a PEM key store. */
  readonly serverFile: string;
}

const validYears = 10;

/** Makes the authority and the server's certificate at the first start; the authority's key signs once and is not kept. */
export async function ensureTlsFiles(folder: string, now: Date): Promise<TlsFiles> {
  const caFile = join(folder, "ca.pem");
  const serverFile = join(folder, "server.pem");
  if (!existsSync(caFile)) {
    const notBefore = new Date(now.getTime() - 24 * 3600 * 1000);
    const notAfter = new Date(now);
    notAfter.setUTCFullYear(now.getUTCFullYear() + validYears);
    const commonName = "Bellwether local authority";
    const authority = issueAuthority({ commonName, notBefore, notAfter });
    const server = issueServerCertificate(
      { ...authority, commonName },
      { commonName: "localhost", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], notBefore, notAfter },
    );
    await writeSecret(serverFile, server.privateKey + server.certificate);
    await writeSecret(caFile, authority.certificate); // Last: its presence says that both are whole.
  }
  return { caFile, ca: readFileSync(caFile, "utf8"), serverFile };
}
