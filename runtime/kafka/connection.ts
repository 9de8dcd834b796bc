import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { PipelineError } from "../../domain/errors.ts";
import type { kafkaVariables } from "../config/variables.ts";
import { readSecret } from "../secrets/read-secret.ts";
import { credentialsSchema } from "../secrets/secret-store.ts";
import { iamTokens } from "./iam-tokens.ts";
import type { KafkaConnection, SaslCredentials } from "./types.ts";

type KafkaConfig = Readonly<z.output<typeof kafkaVariables>>;

/** Reads the user name and password that `KAFKA_SECRET_ID` names. */
export type ReadCredentials = (secretId: string) => Promise<SaslCredentials>;

/** A secret is asked for once a second at most, however many connections were refused. */
const renewalMsMin = 1000;

/**
 * The connection that the environment describes. TLS is on by default where there are credentials or an authority of one's own.
 * @throws PipelineError `badConfiguration`, or `secretUnavailable`
 */
export async function kafkaConnection(
  config: KafkaConfig,
  clientId: string,
  readCredentials: ReadCredentials = secretReader(config),
): Promise<KafkaConnection> {
  const tokens = config.KAFKA_AUTH === "iam" ? tokensOf(config) : undefined;
  const sasl = tokens === undefined ? await saslOf(config, readCredentials) : null;
  const ca = config.KAFKA_TLS_CA === undefined ? undefined : await readAuthority(config.KAFKA_TLS_CA);
  const isSecure =
    config.KAFKA_TLS === undefined
      ? sasl !== null || tokens !== undefined || ca !== undefined
      : config.KAFKA_TLS === "on";
  const { KAFKA_BROKERS: brokers, KAFKA_SECRET_ID: secretId } = config;
  const compression = config.KAFKA_COMPRESSION;
  const signIn = tokens === undefined ? { sasl } : { sasl: null, tokens };
  const connection: KafkaConnection = { brokers, clientId, tls: isSecure ? { ca } : null, ...signIn, compression };
  refusePlainSignIn(connection);
  if (secretId === undefined || sasl === null) return connection;
  return { ...connection, renewSasl: renewalOf(() => readCredentials(secretId), sasl) };
}

/**
 * A SCRAM user signs in over TLS only: on a plain connection whoever listens may guess the password from the exchange at leisure, and read all that is sent.
 * A token would be read as it is, and be good for whoever read it.
 * @throws PipelineError `badConfiguration`
 */
export function refusePlainSignIn({ tls, sasl, tokens }: Pick<KafkaConnection, "tls" | "sasl" | "tokens">): void {
  if ((sasl === null && tokens === undefined) || tls !== null) return;
  throw new PipelineError("badConfiguration", "Kafka's credentials are given for a connection without TLS.", {
    remedy:
      "Take the brokers' SASL_SSL listener, with TLS on; for a broker of your own with neither TLS nor users, give no credentials.",
  });
}

/** Reads a secret again where the newest known credentials are refused too; all who ask at a time share one look. */
function renewalOf(
  read: () => Promise<SaslCredentials>,
  first: SaslCredentials,
): (refused: SaslCredentials) => Promise<SaslCredentials> {
  let newest = first;
  let lastMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<SaslCredentials> | null = null;
  const readOnce = async () => {
    lastMs = performance.now();
    try {
      newest = await read();
      return newest;
    } finally {
      reading = null;
    }
  };
  return async (refused) => {
    if (newest.username !== refused.username || newest.password !== refused.password) return newest;
    if (reading === null && performance.now() - lastMs < renewalMsMin) return newest;
    reading ??= readOnce();
    return reading;
  };
}

function tokensOf(config: KafkaConfig): () => Promise<string> {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password, KAFKA_SECRET_ID: secretId } = config;
  if (username !== undefined || password !== undefined || secretId !== undefined) {
    throw new PipelineError("badConfiguration", "KAFKA_AUTH=iam signs in as the AWS role, and a user is given too.", {
      remedy: "Leave KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SECRET_ID out, or set KAFKA_AUTH=scram.",
    });
  }
  if (config.AWS_REGION === undefined) {
    throw new PipelineError("badConfiguration", "KAFKA_AUTH=iam needs to know the cluster's Region.", {
      remedy: "Set AWS_REGION.",
    });
  }
  return iamTokens(config.AWS_REGION);
}

async function saslOf(config: KafkaConfig, readCredentials: ReadCredentials): Promise<SaslCredentials | null> {
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
  return (secretId) => readSecret(secretId, credentialsSchema, location);
}
