import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

// kafkajs has no requests for SCRAM users. Kafka 2.7 and later.
const describeKey = 50;
const alterKey = 51;
const sha512 = 2;
/** The lowest that Kafka takes: what a password of 256 random bits lacks in strength, no number of rounds would add. */
const iterations = 4096;
const resourceNotFound = 91;
/** The flexible versions' array begins with its length plus one. */
const emptyArray = 1;

/** What the cluster keeps of a password. */
export interface SaltedPassword {
  readonly salt: Buffer;
  readonly saltedPassword: Buffer;
}

/** Salts a password, so that it never goes to the cluster itself. @see https://www.rfc-editor.org/rfc/rfc5802#section-3 */
export async function saltedPassword(password: string): Promise<SaltedPassword> {
  const salt = randomBytes(32);
  return { salt, saltedPassword: await promisify(pbkdf2)(password, salt, iterations, 64, "sha512") };
}

/** The names of all users of SCRAM-SHA-512. */
export async function listScramUsers(broker: Cluster.Broker): Promise<readonly string[]> {
  const { users } = await broker.connectionPool.send({
    request: {
      apiKey: describeKey,
      apiVersion: 0,
      apiName: "DescribeUserScramCredentials",
      // No names: all of them. "Null" asks for the same, but who has no right to it is never answered then (seen with 4.3).
      encode: async () => new ByteWriter().noTags().unsignedVarint(emptyArray).noTags().encoded(),
    },
    response: { decode: async (bytes) => decodeUsers(bytes), parse: async (decoded) => decoded },
  });
  return users;
}

function decodeUsers(bytes: Buffer) {
  const reader = new ByteReader(bytes);
  reader.skipTags();
  const clientSideThrottleTime = reader.int32();
  failOn(reader.int16());
  reader.compactString(); // The error's text.
  const users = reader.compactArray(() => {
    const name = reader.compactString();
    reader.int16();
    reader.compactString();
    const mechanisms = reader.compactArray(() => {
      const mechanism = reader.int8();
      reader.int32(); // Rounds.
      reader.skipTags();
      return mechanism;
    });
    reader.skipTags();
    return mechanisms.includes(sha512) ? name : null;
  });
  return { users: users.filter((name) => name !== null), clientSideThrottleTime };
}

export interface ScramChanges {
  readonly deletions: readonly string[];
  readonly upsertions: readonly (SaltedPassword & { readonly username: string })[];
}

/** Makes, changes and removes users; one that is gone already is none the less removed. @throws Kafka's first error */
export async function alterScramUsers(broker: Cluster.Broker, changes: ScramChanges): Promise<void> {
  await broker.connectionPool.send({
    request: {
      apiKey: alterKey,
      apiVersion: 0,
      apiName: "AlterUserScramCredentials",
      encode: async () => encodeChanges(changes),
    },
    response: { decode: async (bytes) => decodeResults(bytes), parse: async (decoded) => decoded },
  });
}

function encodeChanges({ deletions, upsertions }: ScramChanges): Cluster.Encoded {
  const writer = new ByteWriter().noTags().unsignedVarint(deletions.length + 1);
  for (const username of deletions) writer.compactString(username).int8(sha512).noTags();
  writer.unsignedVarint(upsertions.length + 1);
  for (const { username, salt, saltedPassword: salted } of upsertions) {
    writer.compactString(username).int8(sha512).int32(iterations);
    writer.unsignedVarint(salt.length + 1).bytes(salt);
    writer
      .unsignedVarint(salted.length + 1)
      .bytes(salted)
      .noTags();
  }
  return writer.noTags().encoded();
}

function decodeResults(bytes: Buffer) {
  const reader = new ByteReader(bytes);
  reader.skipTags();
  const clientSideThrottleTime = reader.int32();
  reader.compactArray(() => {
    reader.compactString(); // The user.
    const errorCode = reader.int16();
    reader.compactString();
    reader.skipTags();
    if (errorCode !== resourceNotFound) failOn(errorCode);
  });
  return { clientSideThrottleTime };
}

function failOn(errorCode: number): void {
  if (errorCode !== 0) throw protocolErrors.createErrorFromCode(errorCode);
}
