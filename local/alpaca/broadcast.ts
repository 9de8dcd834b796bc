import { setImmediate as nextTurn } from "node:timers/promises";
import type { Connection } from "./connection.ts";
import { type EncodedBatch, encodeBatch, type FrameFormat } from "./encoded-batch.ts";
import type { Feed, FeedMessage } from "./feed.ts";
import { Pacing, type Speed } from "./pacing.ts";

/** Messages in one frame; also how often other work gets a turn at full speed. */
const frameMessagesMax = 250;
/** The longest sleep, so that a change of the wall clock is noticed. */
const sleepMsMax = 1000;

/** The WebSocket close reason that tells a client that a recording is through; its code is 1000. */
const endOfRecording = "end of recording";

export interface BroadcastOptions {
  readonly feed: Feed;
  readonly speed: Speed;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Those connected now. */
  readonly connections: () => Iterable<Connection>;
  /** Called for each client that is full at a paced speed; true where it has been sent away (407). */
  readonly onSlow: (connection: Connection) => boolean;
  /** Called with the number of messages put into each frame. */
  readonly onSent: (messages: number) => void;
}

/**
 * Plays a feed to every connection that subscribed, each getting what it wants. It starts at the first subscription.
 * At full speed it also waits while nobody listens, so that nothing is lost; at a paced speed it goes on, as a market does.
 * Buffers are bounded: it waits for the slowest client.
 */
export class Broadcast {
  readonly #options: BroadcastOptions;
  readonly #stopping = new AbortController();
  #onChange: (() => void) | null = null;

  constructor(options: BroadcastOptions) {
    this.#options = options;
  }

  /**
   * Plays to the end, then closes the listening connections; false where it was stopped before.
   * @throws PipelineError where the feed cannot be read on; its connections are closed with code 1011
   */
  async run(): Promise<boolean> {
    await this.#listener();
    if (this.#stopped) return false;
    const { feed, speed, now } = this.#options;
    const pacing = new Pacing(speed, now());
    try {
      for await (const batch of feed.messages()) {
        await this.#play(batch, pacing.dueTimes(batch));
        if (this.#stopped) return false;
      }
    } catch (error) {
      await this.#closeAll(1011, "the feed failed");
      throw error;
    }
    await this.#closeAll(1000, endOfRecording);
    return true;
  }

  /** To be called when connections or subscriptions change. */
  changed(): void {
    this.#onChange?.();
  }

  stop(): void {
    this.#stopping.abort();
    this.changed();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #play(batch: readonly FeedMessage[], due: Float64Array): Promise<void> {
    const { speed, now } = this.#options;
    const encoded = new Map<FrameFormat, EncodedBatch>();
    let from = 0;
    while (from < batch.length && !this.#stopped) {
      if (speed === "max") await this.#listener();
      const nowMs = speed === "max" ? 0 : now();
      let to = from;
      while (to < batch.length && to - from < frameMessagesMax && (due[to] ?? 0) <= nowMs) to += 1;
      if (to === from) {
        await this.#sleep(Math.min(sleepMsMax, (due[from] ?? 0) - nowMs));
        continue;
      }
      this.#send(batch, encoded, from, to);
      from = to;
      await this.#room();
    }
  }

  #send(batch: readonly FeedMessage[], encoded: Map<FrameFormat, EncodedBatch>, from: number, to: number): void {
    for (const connection of this.#options.connections()) {
      if (!connection.isListening) continue;
      const indexes: number[] = [];
      for (let index = from; index < to; index += 1) {
        const message = batch[index];
        if (message !== undefined && connection.wants(message)) indexes.push(index);
      }
      if (indexes.length === 0) continue;
      let frames = encoded.get(connection.format);
      if (frames === undefined) {
        frames = encodeBatch(batch, connection.format);
        encoded.set(connection.format, frames);
      }
      connection.sendFrame(frames.frame(indexes));
      this.#options.onSent(indexes.length);
    }
  }

  /** Lets sockets and requests have their turn, and waits for the slowest client. */
  async #room(): Promise<void> {
    await nextTurn();
    for (const connection of [...this.#options.connections()]) {
      if (this.#stopped || !connection.isListening || !connection.isFull) continue;
      if (!this.#options.onSlow(connection)) await connection.room();
    }
  }

  async #listener(): Promise<void> {
    while (!this.#stopped && !this.#someoneListens()) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
      this.#onChange = null;
    }
  }

  #someoneListens(): boolean {
    for (const connection of this.#options.connections()) if (connection.isListening) return true;
    return false;
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#stopping.signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, ms));
      this.#stopping.signal.addEventListener("abort", done);
    });
  }

  async #closeAll(code: number, reason: string): Promise<void> {
    const listening = [...this.#options.connections()].filter((connection) => connection.isListening);
    await Promise.all(listening.map((connection) => connection.closeAfterFlush(code, reason)));
  }
}
