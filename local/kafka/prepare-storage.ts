import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import type { Environment } from "../../runtime/config/environment.ts";
import type { Java } from "../tools/java.ts";
import { newPasswords, type Passwords, readPasswords, writePasswords } from "./credentials.ts";
import { runKafkaTool } from "./kafka-java.ts";
import { logFolder } from "./server-properties.ts";

/** Where a tool of Kafka runs. */
export interface KafkaTarget {
  readonly jars: string;
  readonly java: Java;
  readonly folder: string;
  readonly environment: Environment;
  /** Goes with the server, should this process be killed while a tool runs. */
  readonly temporaryFolder?: string;
}

/**
 * Formats a new data folder, its SCRAM users included, and returns the passwords; one that was formatted before stays as it is.
 * The password file is written last: without it nothing was ever started in the folder, and formatting begins anew.
 */
export async function prepareStorage(
  target: KafkaTarget,
  properties: string,
  writeProperties: (passwords: Passwords) => Promise<void>,
): Promise<Passwords> {
  const known = readPasswords(target.folder);
  if (known !== undefined) {
    await writeProperties(known);
    return known;
  }
  const passwords = newPasswords();
  await writeProperties(passwords);
  await rm(logFolder(target.folder), { recursive: true, force: true });
  const users = Object.entries(passwords).flatMap(([name, password]) => [
    "--add-scram",
    `SCRAM-SHA-512=[name=${name},password=${password}]`,
  ]);
  await runKafkaTool("Kafka's storage formatter", {
    ...target,
    mainClass: "kafka.tools.StorageTool",
    // One word, because an id may begin with a hyphen.
    args: ["format", `--cluster-id=${randomBytes(16).toString("base64url")}`, "--config", properties, ...users],
    secrets: Object.values(passwords),
  });
  await writePasswords(target.folder, passwords);
  return passwords;
}
