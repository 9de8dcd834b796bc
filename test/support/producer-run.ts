import { setTimeout as delay } from "node:timers/promises";
import { nyse } from "../../domain/calendar/nyse.ts";
import { defaultSettings } from "../../domain/settings.ts";
import { type Feed, messageOfLine } from "../../local/alpaca/feed.ts";
import { startAlpacaStandIn } from "../../local/alpaca/stand-in.ts";
import type { StandIn, StandInOptions } from "../../local/alpaca/stand-in-options.ts";
import { type ProduceOptions, produce } from "../../producer/produce.ts";
import type { RawWriter } from "../../producer/raw-writer.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { Log } from "../../runtime/log/log.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import { FakeSender } from "./fake-sender.ts";

export const key = { keyId: "key", secretKey: "secret" };

/** What a stand-in plays: lines of a recording, and the REST documents of its symbols. */
export function feedOf(
  lines: readonly string[] | (() => AsyncIterable<readonly string[]>),
  documents: Partial<Feed["documents"]> = {},
  symbols: readonly string[] = ["XXX"],
): Feed {
  return {
    name: "sip",
    symbols,
    documents: {
      dailyBars: () => ({}),
      corporateActions: () => ({}),
      calendar: nyse,
      listingExchange: () => "N",
      ...documents,
    },
    async *messages() {
      if (typeof lines === "function") for await (const some of lines()) yield some.map(messageOfLine);
      else yield lines.map(messageOfLine);
    },
  };
}

/** A stand-in that keeps quiet. */
export function standIn(feed: Feed, options: Partial<StandInOptions> = {}): Promise<StandIn> {
  return startAlpacaStandIn({ ...key, feed, speed: "max", log: silentLog, now: Date.now, ...options });
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A producer on a fake broker. */
export interface ProducerRun {
  readonly sender: FakeSender;
  readonly metrics: Metrics;
  /** The warnings said so far. */
  readonly warnings: string[];
  readonly states: string[];
  /** As `produce` settles. */
  readonly done: Promise<void>;
  writer(): RawWriter | null;
  stop(): Promise<void>;
}

/** Starts a producer on a stand-in; retries are quick. */
export function runProducer(
  server: StandIn,
  options: Partial<ProduceOptions> = {},
  sender = new FakeSender(),
): ProducerRun {
  const stopping = new AbortController();
  const metrics = new Metrics();
  const warnings: string[] = [];
  const states: string[] = [];
  let writer: RawWriter | null = null;
  const done = produce({
    alpaca: { streamUrl: server.streamUrl, dataUrl: server.dataUrl, tradingUrl: server.tradingUrl, ...key },
    symbols: ["XXX"],
    settings: defaultSettings(nyse.version),
    calendar: nyse,
    heartbeats: "recorded",
    sender,
    topic: "market.raw",
    partitions: 3,
    timing: {
      readyTimeoutMs: 5000,
      pingAfterMs: 5000,
      dataTimeoutMs: 60_000,
      firstDelayMs: 20,
      delayMsMax: 100,
      slotDelayMs: 50,
    },
    clock: systemClock,
    random: () => 0.5,
    log: { ...silentLog, warn: (line) => warnings.push(line) },
    metrics,
    signal: stopping.signal,
    onState: (state) => states.push(state),
    onWriter: (created) => {
      writer = created;
    },
    ...options,
  });
  done.catch(() => undefined);
  const stop = () => {
    stopping.abort();
    return done;
  };
  return { sender, metrics, warnings, states, done, writer: () => writer, stop };
}

/** Waits until a condition holds, or the run has failed. */
export async function until(condition: () => boolean, run?: ProducerRun): Promise<void> {
  let failure: unknown;
  run?.done.catch((error: unknown) => {
    failure = error;
  });
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (failure !== undefined) throw failure;
    if (performance.now() > deadline) throw new Error(`not within 20 s: ${condition}`);
    await delay(2);
  }
}
