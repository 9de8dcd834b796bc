import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** One SCRAM user of the local broker. */
export interface KafkaUser {
  readonly username: string;
  readonly password: string;
}

/** The users of every local broker: the administrator, one for each stage, and a customer. */
export type KafkaUserName = "admin" | "producer" | "enricher" | "distributor" | "indexer" | "demo";

/** Passwords by user name; `broker` is the broker's own, for its talk with itself and its controller. */
export type Passwords = Readonly<Record<string, string>>;

const userNames: readonly (KafkaUserName | "broker")[] = [
  "broker",
  "admin",
  "producer",
  "enricher",
  "distributor",
  "indexer",
  "demo",
];

/** Passwords kept in the data folder, never in the repository; undefined in a new folder. */
export function readPasswords(folder: string): Passwords | undefined {
  const file = join(folder, passwordFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Passwords) : undefined;
}

export async function writePasswords(folder: string, passwords: Passwords): Promise<void> {
  await writeSecret(join(folder, passwordFile), `${JSON.stringify(passwords, null, 2)}\n`);
}

const passwordFile = "passwords.json";

export function newPasswords(): Passwords {
  return Object.fromEntries(userNames.map((name) => [name, newPassword()]));
}

/** The users that a data folder of an earlier version does not have yet. */
export function missingUsers(passwords: Passwords): readonly string[] {
  return userNames.filter((name) => passwords[name] === undefined);
}

/** 43 characters of 256 random bits; of an alphabet that needs no quotes in any of the files it goes into. */
export function newPassword(): string {
  return randomBytes(32).toString("base64url");
}

/** Writes a file that only this user can read; readers see the old one or the whole new one. */
export async function writeSecret(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, file);
}
