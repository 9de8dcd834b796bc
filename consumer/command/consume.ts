import type { z } from "zod";
import { topicNames } from "../domain/topics.ts";
import type { kafkaVariables } from "../runtime/config/variables.ts";
import { kafkaConnection } from "../runtime/kafka/connection.ts";
import type { Log } from "../runtime/log/log.ts";
import { reportRegularly } from "../runtime/metrics/report.ts";
import type { Shutdown } from "../runtime/shutdown/shutdown.ts";
import { type Feed, openFeed, type StartFrom } from "./feed.ts";
import type { FeedRecord } from "./feed-record.ts";
import { LatencyWindow } from "./latency.ts";
import { LatestPrices } from "./latest-prices.ts";
import { Output, type OutputStream } from "./output.ts";
import { jsonPrinter, linePrinter, type Printer, type Terminal, tablePrinter } from "./printer.ts";

export interface ConsumeOptions {
  readonly config: Readonly<z.output<typeof kafkaVariables>>;
  /** `none` only counts: what `up` runs. */
  readonly format: "table" | "json" | "none";
  /** Empty: every symbol. */
  readonly symbols: readonly string[];
  readonly from: StartFrom;
  /** Stops after so many records. Default: never. */
  readonly count?: number | undefined;
  /** Default: the enriched feed under the configured prefix. */
  readonly topic?: string | undefined;
  /** Goes on where this group left off. Default: a group for this run alone. */
  readonly groupId?: string | undefined;
}

export interface ConsumeDeps {
  readonly log: Log;
  readonly shutdown: Shutdown;
  readonly nowMs: () => number;
  readonly stdout: OutputStream;
  /** Undefined where standard output is not a terminal. */
  readonly terminal: (() => Terminal) | undefined;
}

/** Every how many records the delay is measured: often enough for percentiles, and cheap. */
const latencyEvery = 16;

/**
 * Prints the feed until it is told to stop, the reader of its output has gone, or the count is reached.
 * @throws PipelineError where the feed cannot be read
 */
export async function runConsume(options: ConsumeOptions, deps: ConsumeDeps): Promise<void> {
  const { config, format, symbols, from, groupId } = options;
  const { log, shutdown } = deps;
  const topic = options.topic ?? topicNames(config.TOPIC_PREFIX).enriched;
  const connection = await kafkaConnection(config, "bellwether-consumer");
  const { signal } = shutdown;
  const feed = await openFeed({ connection, topic, from, symbols, signal, log, ...(groupId ? { groupId } : {}) });
  log.info("reading", { topic, from: from instanceof Date ? from.toISOString() : from });
  const output = new Output(deps.stdout, () => shutdown.request("the reader of the output has gone"));
  const printer = printerFor(format, output, deps);
  const tally = new Tally(feed, deps.nowMs);
  const report = reportRegularly(() => tally.report());
  try {
    await printAll(feed, printer, tally, options.count ?? Number.POSITIVE_INFINITY);
  } finally {
    report.close();
    await printer?.close();
    await feed.close();
  }
}

async function printAll(feed: Feed, printer: Printer | null, tally: Tally, count: number): Promise<void> {
  for await (const batch of feed.batches()) {
    const records = batch.records.slice(0, count - tally.records);
    await printer?.print(records);
    tally.add(records);
    const last = records.at(-1);
    if (tally.records >= count && last !== undefined) {
      feed.done(last);
      return;
    }
  }
}

function printerFor(format: ConsumeOptions["format"], output: Output, deps: ConsumeDeps): Printer | null {
  switch (format) {
    case "json":
      return jsonPrinter(output);
    case "table":
      return deps.terminal === undefined ? linePrinter(output) : tablePrinter(output, deps.terminal, deps.nowMs);
    case "none":
      return null;
  }
}

/** What is told to the process that started this one. */
class Tally {
  records = 0;
  #quotes = 0;
  readonly #prices = new LatestPrices();
  readonly #latency = new LatencyWindow();
  readonly #feed: Feed;
  readonly #nowMs: () => number;

  constructor(feed: Feed, nowMs: () => number) {
    this.#feed = feed;
    this.#nowMs = nowMs;
  }

  add(records: readonly FeedRecord[]): void {
    const nowMs = this.#nowMs();
    for (const record of records) {
      if (this.records++ % latencyEvery === 0) this.#measure(record, nowMs);
      if (!record.isQuote) continue;
      this.#quotes++;
      this.#prices.note(record);
    }
  }

  report() {
    const [p50, p99] = [this.#latency.percentile(50), this.#latency.percentile(99)];
    const latency = p50 === undefined || p99 === undefined ? {} : { latencyMsP50: p50, latencyMsP99: p99 };
    return {
      stage: "consumer",
      state: "running",
      metrics: { records: this.records, quotes: this.#quotes, ...latency },
      positions: this.#feed.positions(),
      prices: this.#prices.snapshot(),
    } as const;
  }

  #measure(record: FeedRecord, nowMs: number): void {
    const receivedMicros = record.receivedTimeMicros;
    if (receivedMicros !== null) this.#latency.add(nowMs - receivedMicros / 1000);
  }
}
