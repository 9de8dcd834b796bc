import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate and its private key, both PEM text. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface CertificateOptions {
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface ServerCertificateOptions extends CertificateOptions {
  readonly dnsNames: readonly string[];
  /** IPv4 addresses. */
  readonly ipAddresses: readonly string[];
}

/** An authority of its own making, for one data folder: clients are given its certificate, its key signs the server's once. */
export function issueAuthority(options: CertificateOptions): IssuedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return issued(publicKey, privateKey, {
    ...options,
    issuerName: options.commonName,
    issuerPublicKey: publicKey,
    signingKey: privateKey,
    extensions: [
      extension(oids.basicConstraints, true, sequence(boolean(true))),
      extension(oids.keyUsage, true, bitString(Buffer.from([0b0000_0110]), 1)), // keyCertSign, cRLSign
    ],
  });
}

/** A server's certificate for these names and addresses, signed by the authority. */
export function issueServerCertificate(
  authority: IssuedCertificate & { readonly commonName: string },
  options: ServerCertificateOptions,
): IssuedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = [
    ...options.dnsNames.map((name) => tlv(0x82, Buffer.from(name, "ascii"))),
    ...options.ipAddresses.map((address) => tlv(0x87, Buffer.from(address.split(".").map(Number)))),
  ];
  return issued(publicKey, privateKey, {
    ...options,
    issuerName: authority.commonName,
    issuerPublicKey: createPublicKey(authority.certificate),
    signingKey: authority.privateKey,
    extensions: [
      extension(oids.basicConstraints, true, sequence()),
      extension(oids.keyUsage, true, bitString(Buffer.from([0b1000_0000]), 7)), // digitalSignature
      extension(oids.extendedKeyUsage, false, sequence(oids.serverAuthentication)),
      extension(oids.subjectAlternativeName, false, sequence(...names)),
    ],
  });
}

interface Contents extends CertificateOptions {
  readonly issuerName: string;
  readonly issuerPublicKey: KeyObject;
  readonly signingKey: KeyObject | string;
  readonly extensions: readonly Buffer[];
}

/** An X.509 v3 certificate. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function issued(publicKey: KeyObject, privateKey: KeyObject, contents: Contents): IssuedCertificate {
  const algorithm = sequence(oids.ecdsaWithSha256);
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // Positive, and never shortened.
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    nameOf(contents.issuerName),
    sequence(time(contents.notBefore), time(contents.notAfter)),
    nameOf(contents.commonName),
    subjectPublicKeyInfo(publicKey),
    tlv(
      0xa3,
      sequence(
        ...contents.extensions,
        extension(oids.subjectKeyIdentifier, false, tlv(0x04, keyIdentifier(publicKey))),
        extension(oids.authorityKeyIdentifier, false, sequence(tlv(0x80, keyIdentifier(contents.issuerPublicKey)))),
      ),
    ),
  );
  const signature = bitString(sign("sha256", body, contents.signingKey), 0);
  return {
    certificate: pem("CERTIFICATE", sequence(body, algorithm, signature)),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const oids = {
  commonName: objectId("550403"),
  ecdsaWithSha256: objectId("2a8648ce3d040302"),
  basicConstraints: objectId("551d13"),
  keyUsage: objectId("551d0f"),
  extendedKeyUsage: objectId("551d25"),
  serverAuthentication: objectId("2b06010505070301"),
  subjectAlternativeName: objectId("551d11"),
  subjectKeyIdentifier: objectId("551d0e"),
  authorityKeyIdentifier: objectId("551d23"),
} as const;

/** An object identifier by its DER content, as the standards list it. */
function objectId(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, "hex"));
}

function extension(id: Buffer, critical: boolean, value: Buffer): Buffer {
  return sequence(id, ...(critical ? [boolean(true)] : []), tlv(0x04, value));
}

function nameOf(commonName: string): Buffer {
  return sequence(tlv(0x31, sequence(oids.commonName, tlv(0x0c, Buffer.from(commonName, "utf8")))));
}

/** UTCTime until 2049, GeneralizedTime after, as RFC 5280 asks. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

function subjectPublicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** The SHA-1 of the public point, which ends the key's encoding: 65 bytes for an uncompressed P-256 point. */
function keyIdentifier(key: KeyObject): Buffer {
  return createHash("sha1").update(subjectPublicKeyInfo(key).subarray(-65)).digest();
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function boolean(value: boolean): Buffer {
  return tlv(0x01, Buffer.from([value ? 0xff : 0]));
}

function bitString(bits: Buffer, unusedBits: number): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.from([unusedBits]), bits]));
}

/** DER: tag, length (short form below 128, else the length's own length first), value. */
function tlv(tag: number, value: Buffer): Buffer {
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const hex = value.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, value]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
