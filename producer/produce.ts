import type { TradingCalendar } from "../domain/calendar/calendar.ts";
import { PipelineError } from "../domain/errors.ts";
import type { RawLog } from "../domain/raw-log/entries.ts";
import { LiveLog } from "../domain/raw-log/live-log.ts";
import { RecordedLog } from "../domain/raw-log/recorded-log.ts";
import type { SettingsDocument } from "../domain/settings.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { tooLate, within } from "../runtime/clock/within.ts";
import type { RecordSender } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import type { Metrics } from "../runtime/metrics/metrics.ts";
import { AlpacaRest } from "./alpaca-rest.ts";
import { checkCalendar } from "./check-calendar.ts";
import { type CheckedSymbols, checkSymbols } from "./check-symbols.ts";
import { Feed } from "./feed.ts";
import type { PositionStore } from "./position-file.ts";
import { type ProducedMessage, RawWriter } from "./raw-writer.ts";
import { ReferenceSource } from "./reference-source.ts";
import { RestartPosition } from "./restart-position.ts";
import { Stream, type StreamTiming } from "./stream.ts";

/** How to reach Alpaca. */
interface AlpacaAccess {
  readonly streamUrl: string;
  readonly dataUrl: string;
  readonly tradingUrl: string;
  readonly keyId: string;
  readonly secretKey: string;
}

export interface ProduceOptions {
  readonly alpaca: AlpacaAccess;
  /** `*` for all. */
  readonly symbols: readonly string[];
  readonly settings: SettingsDocument;
  readonly calendar: TradingCalendar;
  readonly heartbeats: "live" | "recorded";
  readonly sender: RecordSender;
  readonly topic: string;
  readonly partitions: number;
  readonly timing: StreamTiming;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  /** Of a live feed: where it is kept how far it has come, so that a gap is written after a restart. @default nowhere */
  readonly position?: PositionStore | undefined;
  /** Told when the first subscription stands, and when a recording is through and acknowledged. */
  readonly onState: (state: "running" | "ended") => void;
  /** Given the writer as soon as there is one, for reports. */
  readonly onWriter: (writer: RawWriter) => void;
}

/**
 * Alpaca's stream to the raw log, until the signal stops it; all that was accepted is acknowledged when it resolves.
 * @throws PipelineError of Alpaca's refusals and of Kafka
 */
export async function produce(options: ProduceOptions): Promise<void> {
  const { alpaca, log, clock, calendar, settings, metrics } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const writerFailed = Promise.withResolvers<never>();
  writerFailed.promise.catch(() => undefined);
  const rest = new AlpacaRest({ ...alpaca, clock, signal });
  const { symbols, primaryExchange } = await checkAll(rest, options);
  if (signal.aborted) return;

  const references = new ReferenceSource({
    rest,
    log,
    primaryExchange,
    calendar,
    adjustDividends: settings.adjustDividends,
    signal,
    // A recording must give the same log on every run; a live feed must not stand still for a slow answer.
    ...(options.heartbeats === "live" ? { waitMsMax: 15_000 } : {}),
    onLate: (records) => writer.write(records),
  });
  const writer = new RawWriter({
    sender: options.sender,
    topic: options.topic,
    partitions: options.partitions,
    references,
    clock,
    metrics,
    onFailed: writerFailed.reject,
    onFull: () => stream.pause(),
    onRoom: () => stream.resume(),
  });
  options.onWriter(writer);
  const live =
    options.heartbeats === "live"
      ? new LiveLog<ProducedMessage>(settings, calendar, symbols, (await options.position?.read()) ?? null)
      : null;
  const rawLog: RawLog<ProducedMessage> = live ?? new RecordedLog(settings, calendar, symbols);
  const feed = new Feed(rawLog, writer, clock);
  const stream = new Stream({
    url: alpaca.streamUrl,
    keyId: alpaca.keyId,
    secretKey: alpaca.secretKey,
    symbols,
    timing: options.timing,
    log,
    metrics,
    random: options.random,
    signal,
    onConnected: () => {
      feed.connected();
      options.onState("running");
    },
    onLost: (reason) => feed.lost(reason),
    onElements: (elements) => feed.elements(elements),
    onUndecodable: (bytes) => {
      log.warn("a frame could not be decoded; its bytes go to the raw log as they are", { bytes: bytes.length });
      metrics.add("undecodable");
      feed.undecodable(bytes);
    },
    expectsData: () => options.heartbeats === "live" && isRegularHours(calendar, clock),
  });

  feed.begin();
  if (options.heartbeats === "live" && !symbols.includes("*")) {
    const session = calendar.sessionAt(clock.nowMicros() / 1_000_000);
    // Fetched while the stream connects, so that its first message waits less.
    if (session !== null) void references.load(session.date, symbols);
  }
  const restart = new RestartPosition();
  const ticking = setInterval(() => {
    const position = restart.next(live?.newest ?? null, writer);
    if (position !== null) void options.position?.write(position);
    // What the socket has waiting is read first: a stalled process must not tell a time past messages that it has not read.
    setImmediate(() => stream.isReading && feed.tick());
  }, 1000);
  try {
    const outcome = await Promise.race([stream.run(), writerFailed.promise]);
    if (outcome === "ended") feed.end();
    else feed.stop();
    await Promise.race([flushed(writer), writerFailed.promise]);
    // All that was received is acknowledged now.
    if (live?.newest) await options.position?.write(live.newest);
    if (outcome === "ended") {
      log.info("the recording is through, and all of it is published", { messages: metrics.get("messages") });
      options.onState("ended");
      await Promise.race([aborted(signal), writerFailed.promise]);
    }
  } catch (error) {
    stopping.abort();
    feed.stop();
    // What had been accepted is still written, unless the writing itself is what failed.
    await Promise.race([flushed(writer), writerFailed.promise]).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(ticking);
    stopping.abort();
  }
}

/** How long an end waits for Kafka to acknowledge what was accepted. */
const flushWithinMs = 10_000;

/** @throws PipelineError `kafkaUnreachable` that says how many records are given up */
async function flushed(writer: RawWriter): Promise<void> {
  if ((await within(writer.flush(), flushWithinMs)) !== tooLate) return;
  throw new PipelineError("kafkaUnreachable", `${writer.queued} records were received, and Kafka did not take them.`, {
    remedy: "They are lost to the raw log: mark the time, and look at why Kafka was away.",
  });
}

async function checkAll(
  rest: AlpacaRest,
  { symbols, alpaca, log, calendar, clock }: ProduceOptions,
): Promise<CheckedSymbols> {
  // Alpaca's test stream has one symbol, which is no asset.
  if (alpaca.streamUrl.endsWith("/test")) return { symbols, primaryExchange: () => null };
  const [checked] = await Promise.all([checkSymbols(rest, symbols, log), checkCalendar(rest, calendar, clock, log)]);
  return checked;
}

/** A delayed feed begins its day a quarter of an hour late. */
const openMarginSeconds = 1200;

/** Whether the stream can be expected to have something to say. */
export function isRegularHours(calendar: TradingCalendar, clock: Clock): boolean {
  const nowSeconds = clock.nowMicros() / 1_000_000;
  const session = calendar.sessionAt(nowSeconds);
  return session !== null && nowSeconds >= session.openSeconds + openMarginSeconds && nowSeconds < session.closeSeconds;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
