import { rm } from "node:fs/promises";
import { join } from "node:path";
import { PipelineError } from "../../domain/errors.ts";
import { type KafkaUser, newPassword, readPasswords, writePasswords, writeSecret } from "./credentials.ts";
import { runKafkaTool } from "./kafka-java.ts";
import type { KafkaTarget } from "./prepare-storage.ts";

export interface ScramUserTarget extends KafkaTarget {
  readonly brokers: readonly string[];
  readonly caFile: string;
  readonly admin: KafkaUser;
}

/**
 * Makes a SCRAM user on a running broker with Kafka's own tool (the client library cannot), the passwords going through files of
 * mode 0600 that live as long as the tool runs.
 * @throws PipelineError `badConfiguration` for a name that is not plain, `serverFailed` with what the tool said
 */
export async function createScramUser(target: ScramUserTarget, username: string): Promise<KafkaUser> {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/.test(username) || username === "broker" || username === "admin") {
    throw new PipelineError("badConfiguration", `"${username}" cannot be the name of a further Kafka user.`, {
      remedy: "Use letters, digits, dots, dashes and underscores; not admin, not broker.",
    });
  }
  const password = newPassword();
  const unique = process.hrtime.bigint();
  const clientFile = join(target.folder, `.client-${unique}.properties`);
  const userFile = join(target.folder, `.user-${unique}.properties`);
  try {
    const login = "org.apache.kafka.common.security.scram.ScramLoginModule required";
    const client = {
      "security.protocol": "SASL_SSL",
      "sasl.mechanism": "SCRAM-SHA-512",
      "sasl.jaas.config": `${login} username="${target.admin.username}" password="${target.admin.password}";`,
      "ssl.truststore.type": "PEM",
      "ssl.truststore.location": target.caFile,
    };
    await writeSecret(
      clientFile,
      Object.entries(client)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    await writeSecret(userFile, `SCRAM-SHA-512=iterations=4096,password=${password}\n`);
    await runKafkaTool(`Kafka's tool for the user ${username}`, {
      ...target,
      mainClass: "kafka.admin.ConfigCommand",
      args: [
        "--bootstrap-server",
        target.brokers.join(","),
        "--command-config",
        clientFile,
        "--alter",
        "--add-config-file",
        userFile,
        "--entity-type",
        "users",
        "--entity-name",
        username,
      ],
      secrets: [password, target.admin.password],
    });
  } finally {
    await rm(clientFile, { force: true });
    await rm(userFile, { force: true });
  }
  await writePasswords(target.folder, { ...readPasswords(target.folder), [username]: password });
  return { username, password };
}
