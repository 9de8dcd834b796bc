import { type Channel, streamChannels } from "../domain/messages/channels.ts";
import { pause } from "../runtime/clock/pause.ts";
import type { Log } from "../runtime/log/log.ts";
import type { Metrics } from "../runtime/metrics/metrics.ts";
import { type Connection, type ConnectionTiming, openConnection } from "./connection.ts";
import { nextStep, type RetryTiming } from "./reconnect-policy.ts";

/** All bounds and pauses of the stream, milliseconds. */
export type StreamTiming = ConnectionTiming & RetryTiming;

export interface StreamOptions {
  readonly url: string;
  readonly keyId: string;
  readonly secretKey: string;
  readonly symbols: readonly string[];
  readonly timing: StreamTiming;
  readonly log: Log;
  readonly metrics: Metrics;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** A subscription is acknowledged. */
  readonly onConnected: () => void;
  /** A connection whose subscription had been acknowledged is gone. */
  readonly onLost: (reason: string) => void;
  readonly onElements: (elements: readonly unknown[]) => void;
  readonly onUndecodable: (bytes: Buffer) => void;
  /** True where data are to be expected now. */
  readonly expectsData: () => boolean;
}

/** However often a quiet feed was taken for a mute one, it is left alone for no longer than this. */
const dataTimeoutMsMax = 3_600_000;

/** The stream over all its connections: one after the other, until the source is through, we stop, or retrying makes no sense. */
export class Stream {
  readonly #options: StreamOptions;
  #connection: Connection | null = null;
  #isConnected = false;
  #isPaused = false;
  #hasData = false;
  /** Consecutive connections that gave no data, and those of them that were mute. */
  #failures = 0;
  #silences = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** True while the subscription stands and data are read. */
  get isReading(): boolean {
    return this.#isConnected && !this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
    this.#connection?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#connection?.resume();
  }

  /**
   * Reads until the source is through (`ended`) or the signal stops it.
   * @throws PipelineError where the next attempt would fail as this one did
   */
  async run(): Promise<"ended" | "stopped"> {
    const { signal, log, timing, random, metrics, symbols } = this.#options;
    while (!signal.aborted) {
      const end = await this.#connectOnce();
      if (end.kind === "endOfRecording") return "ended";
      if (signal.aborted) break;
      this.#failures = this.#hasData ? 0 : this.#failures + 1;
      this.#silences = end.kind === "silent" ? this.#silences + 1 : this.#hasData ? 0 : this.#silences;
      const step = nextStep(end, this.#failures, random(), timing, symbols.length);
      if (step.kind === "fail") throw step.error;
      if (step.kind === "finish") break;
      metrics.add("reconnects");
      log.warn(`${step.message}; trying again in ${(step.delayMs / 1000).toFixed(1)} s`);
      await pause(step.delayMs, signal);
    }
    return "stopped";
  }

  async #connectOnce() {
    const { signal, timing, url, log } = this.#options;
    this.#hasData = false;
    const dataTimeoutMs = Math.min(
      Math.max(dataTimeoutMsMax, timing.dataTimeoutMs),
      timing.dataTimeoutMs * 2 ** this.#silences,
    );
    log.info("connecting", { url });
    const connection = openConnection({
      ...this.#options,
      timing: { ...timing, dataTimeoutMs },
      onSubscribed: (subscribed) => this.#subscribed(subscribed),
      onElements: (elements) => {
        this.#hasData = true;
        this.#options.onElements(elements);
      },
    });
    this.#connection = connection;
    const stop = () => connection.close();
    signal.addEventListener("abort", stop, { once: true });
    const end = await connection.ended;
    signal.removeEventListener("abort", stop);
    this.#connection = null;
    if (this.#isConnected && end.kind !== "endOfRecording" && end.kind !== "stopped") this.#options.onLost(end.kind);
    this.#isConnected = false;
    return end;
  }

  #subscribed(subscribed: readonly Channel[]): void {
    const { log, symbols } = this.#options;
    this.#isConnected = true;
    if (this.#isPaused) this.#connection?.pause();
    log.info("subscribed", { symbols: symbols.length <= 10 ? symbols.join(",") : symbols.length });
    const missing = streamChannels.filter((channel) => !subscribed.includes(channel));
    if (missing.length > 0) log.warn("the feed does not have these channels", { channels: missing.join(",") });
    this.#options.onConnected();
  }
}
