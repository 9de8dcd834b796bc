import { PipelineError } from "../../domain/errors.ts";
import { connectAgain } from "./sasl-session.ts";

/** MSK refuses a sign-in too where many come at a time, and a new role's rights take a moment to reach it. */
const firstPatienceMs = 3000;
/** What has signed in before has rights, or had them a moment ago. */
const laterPatienceMs = 120_000;

/**
 * What one link signs in with where it signs in with tokens. Every sign-in takes a new one. A refusal is answered by connecting again for a while,
 * a longer one where an earlier token was good; then it is final.
 */
export class TokenSession {
  readonly #makeToken: () => Promise<string>;
  #hasSignedIn = false;
  #troubleAtMs: number | null = null;

  constructor(makeToken: () => Promise<string>) {
    this.#makeToken = makeToken;
  }

  async token(): Promise<string> {
    try {
      return await this.#makeToken();
    } catch (error) {
      const isPassing = this.#hasSignedIn && error instanceof PipelineError && error.retriable;
      throw isPassing && this.#isPatient() ? connectAgain(error.message) : error;
    }
  }

  accepted(): void {
    this.#hasSignedIn = true;
    this.#troubleAtMs = null;
  }

  /** What to throw after a refusal. */
  afterRefusal(refusal: unknown): unknown {
    return this.#isPatient() ? connectAgain("the token is refused; trying again with a new one") : refusal;
  }

  #isPatient(): boolean {
    this.#troubleAtMs ??= performance.now();
    return performance.now() - this.#troubleAtMs < (this.#hasSignedIn ? laterPatienceMs : firstPatienceMs);
  }
}
