import { z } from "zod";

/** What a secret of a user holds, in the shape that MSK wants. */
export const credentialsSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });

export type Credentials = Readonly<z.output<typeof credentialsSchema>>;

/** A secret as it is kept. */
export interface StoredSecret {
  readonly name: string;
  /** Null where it holds something else. */
  readonly credentials: Credentials | null;
  /** The AWS account that may read it besides the owner; undefined where the store knows no accounts, null where none may. */
  readonly account: string | null | undefined;
}

/** Where the passwords of customers' users are kept. @throws PipelineError `secretUnavailable` from every method; no password is in it */
export interface SecretStore {
  /** Those whose names begin with one of these. */
  list(beginnings: readonly string[]): Promise<readonly StoredSecret[]>;
  /** Makes the secret or gives it a new value, and lets the account, where one is named, read it: no other ever sees the new value. */
  put(name: string, credentials: Credentials, account: string | null): Promise<void>;
  /** At once and for good. Does nothing where it is gone already. */
  delete(name: string): Promise<void>;
}

/** What the secret of just this name holds; null where there is none, or it holds something else. */
export async function storedCredentials(store: SecretStore, name: string): Promise<Credentials | null> {
  return (await store.list([name])).find((secret) => secret.name === name)?.credentials ?? null;
}
