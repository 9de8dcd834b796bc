import { PipelineError } from "../domain/errors.ts";
import { customerFault } from "./customer-fault.ts";
import type { Notice } from "./stream-options.ts";

/** Tells of the connection's troubles once each, however many of a stream's own connections have them. */
export class Trouble {
  readonly #tell: ((notice: Notice) => void) | undefined;
  readonly #username: string | undefined;
  #isTold = false;

  constructor(tell: ((notice: Notice) => void) | undefined, username: string | undefined) {
    this.#tell = tell;
    this.#username = username;
  }

  /** Null: Kafka answers again. */
  note(error: Error | null): void {
    if (error === null) {
      if (this.#isTold) this.#tell?.({ kind: "backInReach" });
      this.#isTold = false;
    } else if (!this.#isTold && error instanceof PipelineError) {
      this.#isTold = true;
      this.#tell?.({ kind: "outOfReach", error: customerFault(error, this.#username) });
    }
  }
}
