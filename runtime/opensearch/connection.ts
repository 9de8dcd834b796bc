import { readFileSync } from "node:fs";
import { PipelineError } from "../../domain/errors.ts";
import { readSecret } from "../secrets/read-secret.ts";
import { credentialsSchema } from "../secrets/secret-store.ts";
import type { OpenSearchConnection } from "./types.ts";

/** The variables of `openSearchVariables` that a connection is made of, and where Secrets Manager is. */
export interface OpenSearchSettings {
  readonly OPENSEARCH_URL: string;
  readonly OPENSEARCH_USERNAME?: string | undefined;
  readonly OPENSEARCH_PASSWORD?: string | undefined;
  readonly OPENSEARCH_SECRET_ID?: string | undefined;
  readonly OPENSEARCH_TLS_CA?: string | undefined;
  readonly AWS_REGION?: string | undefined;
  readonly AWS_ENDPOINT_URL?: string | undefined;
}

/**
 * A connection from the configuration: credentials from a named secret, else from the variables, else none.
 * @throws PipelineError `badConfiguration`, `secretUnavailable`
 */
export async function openSearchConnection(
  settings: OpenSearchSettings,
  read: typeof readSecret = readSecret,
): Promise<OpenSearchConnection> {
  return {
    url: settings.OPENSEARCH_URL,
    basicAuth: await basicAuthOf(settings, read),
    ca: settings.OPENSEARCH_TLS_CA === undefined ? undefined : readCa(settings.OPENSEARCH_TLS_CA),
  };
}

async function basicAuthOf(
  settings: OpenSearchSettings,
  read: typeof readSecret,
): Promise<OpenSearchConnection["basicAuth"]> {
  const { OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password, OPENSEARCH_SECRET_ID: secretId } = settings;
  if (secretId !== undefined) {
    return read(secretId, credentialsSchema, { region: settings.AWS_REGION, endpoint: settings.AWS_ENDPOINT_URL });
  }
  if (username === undefined && password === undefined) return null;
  if (username === undefined || password === undefined) {
    throw new PipelineError("badConfiguration", "Of OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD only one is set.", {
      remedy: "Set both, or neither, or OPENSEARCH_SECRET_ID.",
    });
  }
  return { username, password };
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new PipelineError("badConfiguration", `OPENSEARCH_TLS_CA: ${path} cannot be read.`, {
      remedy: "Name a readable PEM file with the certificate authority.",
      cause,
    });
  }
}
