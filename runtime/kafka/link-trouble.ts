import { PipelineError } from "../../domain/errors.ts";
import type { Log } from "../log/log.ts";
import { faultKind, toPipelineError } from "./errors.ts";
import type { KafkaConnection } from "./types.ts";

const repeatMs = 10_000;
/** A leader that moves is found within moments, many times a year, and a coordinator loads no longer: not worth a word. */
const electionMs = 2000;
/** While one broker of several is away the others answer all the time: it is over when nothing has failed for so long. */
const quietMs = 1000;

/** Says of one connection that Kafka is out of reach, once and again every ten seconds, and once that it answers again: no wait is silent. */
export class LinkTrouble {
  readonly #connection: KafkaConnection;
  readonly #log: Log;
  #sinceMs: number | null = null;
  #lastMs = 0;
  #toldMs: number | null = null;

  constructor(connection: KafkaConnection, log: Log) {
    this.#connection = connection;
    this.#log = log;
  }

  /** @param resource what was asked for, where the error does not name it */
  report(error: unknown, resource?: string): void {
    const nowMs = performance.now();
    this.#sinceMs ??= nowMs;
    this.#lastMs = nowMs;
    if (faultKind(error) !== "connection" && nowMs - this.#sinceMs < electionMs) return;
    const isNew = this.#toldMs === null;
    if (this.#toldMs !== null && nowMs - this.#toldMs < repeatMs) return;
    this.#toldMs = nowMs;
    const fault = toPipelineError(error, { ...this.#connection, resource });
    if (isNew) this.#connection.onTrouble?.(fault);
    this.#log.warn(`${fault instanceof PipelineError ? fault.line : fault.message} Trying again.`);
  }

  well(): void {
    if (this.#sinceMs === null || performance.now() - this.#lastMs < quietMs) return;
    const wasTold = this.#toldMs !== null;
    this.#sinceMs = null;
    this.#toldMs = null;
    if (!wasTold) return;
    this.#log.info("Kafka answers again.");
    this.#connection.onTrouble?.(null);
  }
}
