import { PipelineError } from "../../domain/errors.ts";
import type { SaslCredentials } from "./types.ts";

/** A managed cluster takes a new password from its secret within a minute or so; until then both sides disagree. */
const disagreementMsMax = 120_000;

/**
 * What one link signs in with. Where the credentials can be read again, a refusal is answered by reading them: a rotated secret then costs one
 * more connection and nothing else. The faults thrown are of two kinds: one that says "connect again", and the refusal itself where it is final.
 */
export class SaslSession {
  #credentials: SaslCredentials;
  readonly #renew: ((refused: SaslCredentials) => Promise<SaslCredentials>) | undefined;
  #hasSignedIn = false;
  #refusedAtMs: number | null = null;

  constructor(credentials: SaslCredentials, renew?: (refused: SaslCredentials) => Promise<SaslCredentials>) {
    this.#credentials = credentials;
    this.#renew = renew;
  }

  get credentials(): SaslCredentials {
    return this.#credentials;
  }

  accepted(): void {
    this.#hasSignedIn = true;
    this.#refusedAtMs = null;
  }

  /**
   * What to throw where a connection that was signed in as `username` is refused a right. A rotation that is finished takes the rights of the user
   * that was rotated from: where the secret holds another by now, that one is signed in with; else the right itself was taken.
   */
  async afterDenial(username: string, denial: unknown): Promise<unknown> {
    if (this.#renew === undefined) return denial;
    // Else another request of the same connection has read the secret already.
    if (this.#credentials.username === username) {
      const renewed = await this.#renew(this.#credentials).catch(() => null);
      if (renewed === null || renewed.username === username) return denial;
      this.#credentials = renewed;
    }
    return connectAgain(`${username} has no rights any more; its secret was read again`);
  }

  /** What to throw after a refusal of `refused`. */
  async afterRefusal(refused: SaslCredentials, refusal: unknown): Promise<unknown> {
    if (this.#renew === undefined) return refusal;
    this.#refusedAtMs ??= performance.now();
    const isPatient = this.#hasSignedIn && performance.now() - this.#refusedAtMs < disagreementMsMax;
    try {
      const renewed = await this.#renew(refused);
      if (isSame(renewed, refused)) {
        return isPatient
          ? connectAgain(`the password of ${refused.username} is refused; waiting for the secret`)
          : refusal;
      }
      this.#credentials = renewed;
      return connectAgain(`the password of ${refused.username} was refused; its secret was read again`);
    } catch (error) {
      const isPassing = isPatient && error instanceof PipelineError && error.retriable;
      return isPassing ? connectAgain(error.message) : error;
    }
  }
}

function isSame(one: SaslCredentials, other: SaslCredentials): boolean {
  return one.username === other.username && one.password === other.password;
}

/** Every loop of this folder answers this fault by a new connection. */
export function connectAgain(reason: string): Error {
  return Object.assign(new Error(reason), { name: "KafkaJSConnectionError", code: "CREDENTIALS_REFUSED" });
}
