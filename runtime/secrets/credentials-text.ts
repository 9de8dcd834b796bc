import { randomBytes } from "node:crypto";
import { type Credentials, credentialsSchema } from "./secret-store.ts";

/**
 * 43 characters of 256 random bits, of an alphabet that needs no quotes anywhere. It has a letter of both sizes, a digit and a sign, as Amazon
 * OpenSearch Service asks of its users' passwords: the others, about one in four, are thrown again.
 */
export function newPassword(): string {
  for (;;) {
    const password = randomBytes(32).toString("base64url");
    if ([/[a-z]/, /[A-Z]/, /[0-9]/, /[-_]/].every((kind) => kind.test(password))) return password;
  }
}

/** The JSON text of a secret, as MSK wants it. */
export function credentialsText({ username, password }: Credentials): string {
  return JSON.stringify({ username, password });
}

/** Null where the text is anything else. */
export function parseCredentials(text: string | undefined): Credentials | null {
  try {
    return credentialsSchema.safeParse(JSON.parse(text ?? "")).data ?? null;
  } catch {
    return null;
  }
}
