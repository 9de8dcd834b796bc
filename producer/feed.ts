import { rawBytesMax } from "../domain/messages/decode.ts";
import type { LogEntry, RawLog } from "../domain/raw-log/entries.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { elementRecord } from "./element-json.ts";
import type { ProducedMessage, RawWriter } from "./raw-writer.ts";

/** Turns what the stream gives into the raw log's entries, and hands them on. */
export class Feed {
  readonly #rawLog: RawLog<ProducedMessage>;
  readonly #writer: RawWriter;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #out: LogEntry<ProducedMessage>[] = [];
  #connections = 0;
  #connection = "";
  #sequence = 0;

  constructor(rawLog: RawLog<ProducedMessage>, writer: RawWriter, clock: Clock) {
    this.#rawLog = rawLog;
    this.#writer = writer;
    this.#clock = clock;
    this.#startedMs = Math.floor(clock.nowMicros() / 1000);
    this.#nextConnection();
  }

  begin(): void {
    this.#rawLog.begin(this.#out);
    this.#handOn();
  }

  connected(): void {
    this.#rawLog.connected(this.#clock.nowMicros(), this.#out);
    this.#handOn();
  }

  lost(reason: string): void {
    this.#rawLog.lost(this.#clock.nowMicros(), reason);
    this.#nextConnection();
  }

  elements(elements: readonly unknown[]): void {
    const receivedMicros = this.#clock.nowMicros();
    for (const element of elements) {
      const { symbol, type, time, text } = elementRecord(element);
      this.#push({ symbol, type, time, value: text, receivedMicros });
    }
    this.#handOn();
  }

  undecodable(bytes: Buffer): void {
    // Cut to what is still told to be too large, as elements are.
    const value = bytes.length > rawBytesMax ? bytes.subarray(0, rawBytesMax + 1) : bytes;
    this.#push({ symbol: null, type: null, time: null, value, receivedMicros: this.#clock.nowMicros() });
    this.#handOn();
  }

  tick(): void {
    this.#rawLog.tick(this.#clock.nowMicros(), this.#out);
    this.#handOn();
  }

  stop(): void {
    this.#rawLog.stop(this.#out);
    this.#handOn();
  }

  end(): void {
    this.#rawLog.end(this.#out);
    this.#handOn();
  }

  #push(fields: Pick<ProducedMessage, "symbol" | "type" | "time" | "value" | "receivedMicros">): void {
    const sequence = this.#sequence++;
    this.#rawLog.push({ kind: "message", ...fields, connection: this.#connection, sequence }, this.#out);
  }

  /** Connections are told apart across restarts by the producer's start. */
  #nextConnection(): void {
    this.#connection = `${this.#startedMs}-${++this.#connections}`;
    this.#sequence = 0;
  }

  #handOn(): void {
    if (this.#out.length === 0) return;
    this.#writer.write(this.#out);
    this.#out.length = 0;
  }
}
