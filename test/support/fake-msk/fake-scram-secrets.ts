import { badRequest, type FakeFault } from "./fake-cluster.ts";

/** What a test says of the secrets that a cluster takes users from. */
export interface FakeScramSecretsOptions {
  /** Null where MSK can read the secret; else why it cannot. */
  readonly refusal?: (secretArn: string) => { readonly code: string; readonly message: string } | null;
  /** Told of what MSK has taken, or forgotten. */
  readonly onChange?: (secretArn: string, change: "associated" | "disassociated") => Promise<void>;
  /** How many lists still show what was before a change. */
  readonly listsBehind?: number;
}

const pageSize = 3;
const batchSizeMax = 10;

/** The associations of a cluster with secrets: changes are told late, and refusals by secret, in an answer that is a success. */
export class FakeScramSecrets {
  readonly associated = new Set<string>();
  #shown: readonly string[] = [];
  #listsLeft = 0;
  readonly #options: FakeScramSecretsOptions;

  constructor(options: FakeScramSecretsOptions) {
    this.#options = options;
  }

  list(from: number): object {
    if (from === 0 && this.#listsLeft-- <= 0) this.#shown = [...this.associated].toSorted();
    const page = this.#shown.slice(from, from + pageSize);
    const isMore = from + pageSize < this.#shown.length;
    return { secretArnList: page, ...(isMore ? { nextToken: String(from + pageSize) } : {}) };
  }

  async change(arns: readonly string[], change: "associated" | "disassociated"): Promise<object | FakeFault> {
    if (arns.length === 0 || arns.length > batchSizeMax) return badRequest("1 to 10 secrets.", "secretArnList");
    this.#listsLeft = this.#options.listsBehind ?? 0;
    const unprocessedScramSecrets: object[] = [];
    for (const arn of arns) {
      const refusal = this.#refusalOf(arn, change);
      if (refusal !== null) {
        unprocessedScramSecrets.push({ secretArn: arn, errorCode: refusal.code, errorMessage: refusal.message });
        continue;
      }
      if (change === "associated") this.associated.add(arn);
      else this.associated.delete(arn);
      await this.#options.onChange?.(arn, change);
    }
    return { unprocessedScramSecrets };
  }

  #refusalOf(arn: string, change: "associated" | "disassociated") {
    if (change === "associated") return this.#options.refusal?.(arn) ?? null;
    return this.associated.has(arn) ? null : { code: "InvalidSecretArn", message: "The secret is not associated." };
  }
}
