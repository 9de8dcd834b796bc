import type { z } from "zod";
import type { kafkaVariables } from "../../runtime/config/variables.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import type { Log } from "../../runtime/log/log.ts";
import { type MetricsLog, reportRegularly } from "../../runtime/metrics/report.ts";
import type { Shutdown } from "../../runtime/shutdown/shutdown.ts";
import { type Feed, openFeed } from "../feed.ts";
import type { StartFrom, StreamOptions } from "../stream-options.ts";
import { topicsFor } from "../topics.ts";
import type { RecordKind } from "../values.ts";
import type { CsvKind } from "./csv.ts";
import { type Terminal, tablePrinter } from "./live-table.ts";
import { Output, type OutputStream } from "./output.ts";
import { printAll } from "./print-all.ts";
import { csvPrinter, jsonPrinter, linePrinter, type Printer } from "./printer.ts";
import { Tally } from "./tally.ts";

export interface ConsumeOptions {
  readonly config: Readonly<z.output<typeof kafkaVariables>>;
  /** `none` only counts: what `up` runs. */
  readonly format: "table" | "json" | "csv" | "none";
  /** Empty: quotes as a table or as CSV, else all that the enriched feed has. `csv` shows the first. */
  readonly kinds: readonly CsvKind[];
  /** Empty: every symbol. */
  readonly symbols: readonly string[];
  readonly from: StartFrom;
  /** Stops after so many records; with 0 nothing is read. Default: never. */
  readonly count?: number | undefined;
  /** Default: those that the user's rights show. */
  readonly topic?: string | undefined;
  /** Goes on where this group left off. Default: a group for this run alone. */
  readonly group?: string | undefined;
}

export interface ConsumeDeps {
  readonly log: Log;
  readonly shutdown: Shutdown;
  readonly nowMs: () => number;
  /** How its counts are logged. */
  readonly metricsLog: MetricsLog;
  readonly stdout: OutputStream;
  /** Undefined where standard output is not a terminal that can draw in place. */
  readonly terminal: (() => Terminal) | undefined;
}

/**
 * Prints the feed until it is told to stop, the reader of its output has gone, or the count is reached.
 * @throws PipelineError where the feed cannot be read
 */
export async function runConsume(options: ConsumeOptions, deps: ConsumeDeps): Promise<void> {
  const { config, from, group } = options;
  const { log, shutdown } = deps;
  const connection = await kafkaConnection(config, "bellwether-consumer");
  const feed = await openFeed({ connection, log, topicPrefix: config.TOPIC_PREFIX });
  const kinds = kindsOf(options);
  const topics = await topicsOf(options, feed);
  const stream = feed.records({
    ...(kinds === null ? {} : { kinds }),
    topics,
    ...(group === undefined ? {} : { group }),
    symbols: options.symbols,
    from,
    signal: shutdown.signal,
    ...(options.format === "none" ? {} : signalsTo(log)),
  });
  log.info("reading", {
    kinds: kinds?.join(",") ?? "all",
    topics: topics.join(","),
    from: from instanceof Date ? from.toISOString() : String(from),
  });
  const output = new Output(deps.stdout, () => shutdown.request("the reader of the output has gone"));
  const printer = printerFor(options, kinds, output, deps);
  const tally = new Tally(stream, deps.nowMs);
  const report = reportRegularly(() => tally.report(), deps.metricsLog);
  try {
    await printAll(stream, printer, tally, options.count ?? Number.POSITIVE_INFINITY);
  } finally {
    report.close();
    await printer?.close();
    await feed.close();
  }
}

/** What a person at a terminal is told besides the records. */
function signalsTo(log: Log): Pick<StreamOptions, "onGap" | "onLag" | "onStale"> {
  return {
    onGap: ({ symbol, from, to, reason }) => log.warn("a gap in the feed", { symbol, from, to, reason }),
    onLag: ({ isBehind, records, behindMs }) => log.warn(isBehind ? "behind" : "caught up", { records, behindMs }),
    onStale: ({ isStale, silentMs }) =>
      log.warn(isStale ? "the feed is silent" : "the feed speaks again", { silentMs }),
  };
}

function isWhole({ format }: ConsumeOptions): boolean {
  return format === "json" || format === "none";
}

/** Null: whatever stands on the topics. */
function kindsOf(options: ConsumeOptions): readonly RecordKind[] | null {
  if (options.kinds.length > 0) return options.kinds;
  return isWhole(options) ? null : ["quote"];
}

/**
 * Those that this user's rights show and that can hold what is asked for. Where no kind is asked for, those of the enriched feed, or else of the
 * products: with all that they hold.
 */
async function topicsOf(options: ConsumeOptions, feed: Feed): Promise<readonly string[]> {
  if (options.topic !== undefined) return [options.topic];
  return topicsFor(new Set(kindsOf(options) ?? ["quote"]), await feed.topics(), options.config.TOPIC_PREFIX);
}

function printerFor(
  options: ConsumeOptions,
  kinds: readonly RecordKind[] | null,
  output: Output,
  deps: ConsumeDeps,
): Printer | null {
  const isOfQuotes = kinds?.length === 1 && kinds[0] === "quote";
  switch (options.format) {
    case "json":
      return jsonPrinter(output);
    case "csv":
      return csvPrinter(output, options.kinds[0] ?? "quote");
    case "table":
      return deps.terminal === undefined || !isOfQuotes
        ? linePrinter(output)
        : tablePrinter(output, deps.terminal, deps.nowMs);
    case "none":
      return null;
  }
}
