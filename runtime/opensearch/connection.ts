import { readFileSync } from "node:fs";
import { PipelineError } from "../../domain/errors.ts";
import type { OpenSearchConnection } from "./types.ts";

/** The variables of `openSearchVariables` that a connection is made of. */
export interface OpenSearchSettings {
  readonly OPENSEARCH_URL: string;
  readonly OPENSEARCH_USERNAME?: string | undefined;
  readonly OPENSEARCH_PASSWORD?: string | undefined;
  readonly OPENSEARCH_SECRET_ID?: string | undefined;
  readonly OPENSEARCH_TLS_CA?: string | undefined;
}

/** Reads a secret's text by its id; called only where one is named. */
export type ReadSecret = (secretId: string) => Promise<string>;

/**
 * A connection from the configuration: credentials from a named secret, else from the variables, else none.
 * @throws PipelineError `badConfiguration`, `secretUnavailable`
 */
export async function openSearchConnection(
  settings: OpenSearchSettings,
  readSecret: ReadSecret,
): Promise<OpenSearchConnection> {
  return {
    url: settings.OPENSEARCH_URL,
    basicAuth: await basicAuthOf(settings, readSecret),
    ca: settings.OPENSEARCH_TLS_CA === undefined ? undefined : readCa(settings.OPENSEARCH_TLS_CA),
  };
}

async function basicAuthOf(
  settings: OpenSearchSettings,
  readSecret: ReadSecret,
): Promise<OpenSearchConnection["basicAuth"]> {
  const { OPENSEARCH_USERNAME: username, OPENSEARCH_PASSWORD: password, OPENSEARCH_SECRET_ID: secretId } = settings;
  if (secretId !== undefined) return credentialsOf(secretId, await readSecret(secretId));
  if (username === undefined && password === undefined) return null;
  if (username === undefined || password === undefined) {
    throw new PipelineError("badConfiguration", "Of OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD only one is set.", {
      remedy: "Set both, or neither, or OPENSEARCH_SECRET_ID.",
    });
  }
  return { username, password };
}

function credentialsOf(secretId: string, text: string): { username: string; password: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "username" in value && "password" in value) {
      const { username, password } = value;
      if (typeof username === "string" && typeof password === "string") return { username, password };
    }
  } catch {
    // A text that is not JSON is told of like one with other keys; what it holds is never shown.
  }
  throw new PipelineError("secretUnavailable", `The secret ${secretId} does not hold OpenSearch credentials.`, {
    remedy: 'Make it a JSON object {"username":"…","password":"…"}.',
  });
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
