import { readFile } from "node:fs/promises";
import { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import type { kafkaVariables } from "../config/variables.ts";
import { readSecret } from "../secrets/read-secret.ts";
import type { KafkaConnection } from "./types.ts";

type KafkaConfig = Readonly<z.output<typeof kafkaVariables>>;

const credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });
type Credentials = z.output<typeof credentials>;

/** Reads the user name and password that `KAFKA_SECRET_ID` names. */
export type ReadCredentials = (secretId: string) => Promise<Credentials>;

/**
 * The connection that the environment describes. TLS is on by default where there are credentials or an authority of one's own.
 * @throws PipelineError `badConfiguration`, or `secretUnavailable`
 */
export async function kafkaConnection(
  config: KafkaConfig,
  clientId: string,
  readCredentials: ReadCredentials = secretReader(config),
): Promise<KafkaConnection> {
  if (config.KAFKA_AUTH === "iam") {
    throw new PipelineError("badConfiguration", "KAFKA_AUTH=iam is not built yet: it comes with the AWS deployment.", {
      remedy: "Use SCRAM: KAFKA_AUTH=scram with KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, or KAFKA_SECRET_ID.",
    });
  }
  const sasl = await saslOf(config, readCredentials);
  const ca = config.KAFKA_TLS_CA === undefined ? undefined : await readAuthority(config.KAFKA_TLS_CA);
  const isSecure = config.KAFKA_TLS === undefined ? sasl !== null || ca !== undefined : config.KAFKA_TLS === "on";
  return { brokers: config.KAFKA_BROKERS, clientId, tls: isSecure ? { ca } : null, sasl };
}

async function saslOf(config: KafkaConfig, readCredentials: ReadCredentials): Promise<Credentials | null> {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password, KAFKA_SECRET_ID: secretId } = config;
  if (secretId !== undefined) {
    if (username === undefined && password === undefined) return readCredentials(secretId);
    throw new PipelineError("badConfiguration", "Kafka's credentials are given twice.", {
      remedy: "Set either KAFKA_SECRET_ID, or KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.",
    });
  }
  if (username !== undefined && password !== undefined) return { username, password };
  if (username === undefined && password === undefined) return null;
  throw new PipelineError("badConfiguration", "Kafka's credentials are given by half.", {
    remedy: "Set both KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.",
  });
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new PipelineError("badConfiguration", `The file of KAFKA_TLS_CA (${path}) cannot be read.`, {
      remedy: "Give the path of a PEM file with the authority that signed the brokers' certificates.",
      cause: error,
    });
  }
}

function secretReader(config: KafkaConfig): ReadCredentials {
  const location = { region: config.AWS_REGION, endpoint: config.AWS_ENDPOINT_URL };
  return (secretId) => readSecret(secretId, credentials, location);
}
