import { randomBytes } from "node:crypto";
import { z } from "zod";
import { nyse } from "../../domain/calendar/nyse.ts";
import type { Feed } from "../../local/alpaca/feed.ts";
import { recordingFeed } from "../../local/alpaca/recording-feed.ts";
import { startAlpacaStandIn } from "../../local/alpaca/stand-in.ts";
import { openRecording, requireStream } from "../../local/recording/recording.ts";
import { lastSessionMorningMs, simulatorFeed } from "../../local/simulator/simulator-feed.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { alpacaVariables } from "../../runtime/config/variables.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { FeedChoice, UpOptions } from "./options.ts";

/** Where the producer gets its messages from. */
export interface RunningFeed {
  /** For the summary: "simulate", "live", or the recording's folder. */
  readonly name: string;
  /** What the producer is told of it. */
  readonly environment: Environment;
  /** Rejects where the feed cannot be read on; never resolves. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** Starts a stand-in for Alpaca that plays a recording or the simulator; with `live` there is nothing to start. */
export async function openFeed(options: UpOptions, from: Environment, log: Log): Promise<RunningFeed> {
  if (options.feed.kind === "live") {
    return {
      name: "live",
      environment: options.symbols === undefined ? {} : { SYMBOLS: options.symbols.join(",") },
      failed: new Promise(() => {}),
      close: async () => {},
    };
  }
  const feed = await feedOf(options.feed, options, from);
  const keyId = randomBytes(10).toString("hex");
  const secretKey = randomBytes(20).toString("hex");
  const standIn = await startAlpacaStandIn({ feed, keyId, secretKey, speed: options.speed, log, now: Date.now });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  standIn.finished.catch(failed.reject);
  return {
    name: options.feed.kind === "simulate" ? "simulate" : options.feed.directory,
    environment: {
      ALPACA_API_KEY: keyId,
      ALPACA_SECRET_KEY: secretKey,
      ALPACA_SECRET_ID: undefined,
      ALPACA_STREAM_URL: standIn.streamUrl,
      ALPACA_DATA_URL: standIn.dataUrl,
      ALPACA_TRADING_URL: standIn.tradingUrl,
      SYMBOLS: (options.symbols ?? feed.symbols).join(","),
      // Only real time has a clock to go by; at any other speed the messages themselves tell the time.
      HEARTBEATS: options.feed.kind === "simulate" && options.speed === 1 ? "live" : "recorded",
    },
    failed: failed.promise,
    close: () => standIn.close(),
  };
}

/** Unset, the simulator has symbols of its own. */
const symbolsVariable = z.object({ SYMBOLS: alpacaVariables.shape.SYMBOLS.unwrap().optional() });

async function feedOf(
  choice: Exclude<FeedChoice, { kind: "live" }>,
  options: UpOptions,
  from: Environment,
): Promise<Feed> {
  if (choice.kind === "recording") {
    const recording = await openRecording(choice.directory);
    await requireStream(recording);
    return recordingFeed(recording, nyse);
  }
  const symbols = options.symbols ?? parseConfig(symbolsVariable, from).SYMBOLS;
  // At real time the market runs beside the wall clock; at any other speed it plays the last whole session's day.
  const isRealTime = options.speed === 1;
  return simulatorFeed({
    symbols,
    seed: options.seed,
    calendar: nyse,
    startMs: isRealTime ? Date.now() : lastSessionMorningMs(nyse, Date.now()),
    ...(isRealTime ? { followClock: Date.now } : {}),
  });
}
