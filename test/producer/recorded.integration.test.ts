import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { partitionOf } from "../../domain/partition.ts";
import type { LogEntry, StreamMessage } from "../../domain/raw-log/entries.ts";
import { RecordedLog } from "../../domain/raw-log/recorded-log.ts";
import { parseCorporateActions } from "../../domain/references/corporate-actions.ts";
import { addDailyBars, OfficialCloses } from "../../domain/references/official-closes.ts";
import { referenceRecords } from "../../domain/references/reference-records.ts";
import { defaultSettings } from "../../domain/settings.ts";
import { parseEventTime } from "../../domain/time/event-time.ts";
import type { Feed } from "../../local/alpaca/feed.ts";
import { recordingFeed } from "../../local/alpaca/recording-feed.ts";
import type { StandIn } from "../../local/alpaca/stand-in-options.ts";
import { openRecording } from "../../local/recording/recording.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import { feedOf, runProducer, standIn, until } from "../support/producer-run.ts";
import { quoteLine } from "../support/raw-lines.ts";

let server: StandIn | null = null;
afterEach(async () => server?.close());

const settings = defaultSettings(nyse.version);
const partitions = 3;

/** The values of each partition as a fold without a broker would have them, times and numbers in their shortest form. */
function offline(lines: readonly string[], documents: Feed["documents"], symbols: readonly string[]): string[][] {
  interface Line extends StreamMessage {
    readonly text: string;
  }
  const closes = new OfficialCloses();
  addDailyBars(closes, { bars: documents.dailyBars() });
  const actions = parseCorporateActions({ corporate_actions: documents.corporateActions() });
  const out: LogEntry<Line>[] = [];
  const log = new RecordedLog<Line>(settings, nyse, symbols);
  log.begin(out);
  for (const text of lines) {
    const fields = read(text);
    const symbol = typeof fields["S"] === "string" ? fields["S"] : null;
    const time = typeof fields["t"] === "string" ? parseEventTime(fields["t"]) : null;
    log.push({ kind: "message", symbol, time, text }, out);
  }
  log.end(out);
  const values = Array.from({ length: partitions }, (): string[] => []);
  const put = (symbol: string | null, value: string, all: boolean) => {
    const wanted = symbol === null ? 0 : partitionOf(symbol, partitions);
    for (const [partition, list] of values.entries()) if (all || partition === wanted) list.push(value);
  };
  for (const entry of out) {
    if (entry.kind === "message") put(entry.symbol, entry.text, false);
    else if (entry.kind === "control") put(entry.symbol, entry.value, entry.symbol === null);
    else {
      const data = { closes, actions, calendar: nyse, adjustDividends: false };
      for (const { symbol, value } of referenceRecords(entry, data)) put(symbol, value, false);
    }
  }
  return values;
}

function read(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A value in a form that does not depend on how its numbers and times were written. */
function plain(text: string): unknown {
  const value = read(text);
  return typeof value["t"] === "string" && text.startsWith("{")
    ? { ...value, t: parseEventTime(value["t"]) ?? value["t"] }
    : text;
}

const documents = {
  dailyBars: () => ({
    XXX: [{ t: "2024-07-10T04:00:00Z", o: 1, h: 1, l: 1, c: 645.57, v: 1, n: 1, vw: 1 }],
    YYY: [{ t: "2024-07-10T04:00:00Z", o: 1, h: 1, l: 1, c: 20, v: 1, n: 1, vw: 1 }],
  }),
  corporateActions: () => ({
    forward_splits: [
      { id: "a", symbol: "XXX", old_rate: 1, new_rate: 7, ex_date: "2024-07-11", process_date: "2024-07-11" },
    ],
  }),
  calendar: nyse,
  listingExchange: () => "N",
};

const oddLines = [
  quoteLine("XXX", "2024-07-11T14:30:00.123456789Z", 10, 10.02),
  '{"T":"q","S":"XX',
  '{"T":"zz","S":"YYY","t":"2024-07-11T14:30:01Z","i":9007199254740993}',
  quoteLine("NEW", "2024-07-11T14:30:01.5Z", 5, 5.01),
  '{"T":"q","S":"XXX","t":"noon"}',
  "5",
  quoteLine("XXX", "2024-07-12T14:30:00Z", 9, 9.01),
  quoteLine("YYY", "2024-07-11T14:30:03Z", 20, 20.04),
  quoteLine("YYY", "2024-07-11T14:30:04Z", 20, 20.04),
];

it("a recording reaches the raw log as the offline fold has it, partition by partition, broken lines and all", async () => {
  server = await standIn(feedOf(oddLines, documents, ["XXX", "YYY"]));
  const run = runProducer(server, { symbols: ["*"] });
  await until(() => run.states.includes("ended"), run);
  const expected = offline(oddLines, documents, ["*"]);
  for (const partition of expected.keys()) {
    expect(run.sender.values(partition).map(plain)).toEqual(expected[partition]?.map(plain));
  }
  await run.stop();
});

it("the end of the recording is reported when all of it is acknowledged, with the ends by partition", async () => {
  server = await standIn(feedOf(oddLines, documents, ["XXX", "YYY"]));
  const run = runProducer(server);
  await until(() => run.states.includes("ended"), run);
  expect(run.states).toEqual(["running", "ended"]);
  expect(run.writer()?.queued).toBe(0);
  const ends = run.writer()?.positions() ?? [];
  expect(ends.map(({ partition, offset }) => [partition, offset]).sort()).toEqual(
    [0, 1, 2].map((partition) => [partition, run.sender.values(partition).length]),
  );
  expect(run.metrics.get("reconnects")).toBe(0);
  await run.stop();
});

it("C3: the reference before the first message is made from REST, its split before it", async () => {
  server = await standIn(feedOf(oddLines.slice(0, 1), documents));
  const run = runProducer(server);
  await until(() => run.states.includes("ended"), run);
  const values = run.sender.values(partitionOf("XXX", partitions));
  expect(values.map((value) => (JSON.parse(value) as { T: string }).T)).toEqual([
    "settings",
    "split",
    "reference",
    "heartbeat",
    "q",
    "heartbeat",
  ]);
  expect(values[2]).toContain('"previousClose":92.224286,"previousCloseDate":"2024-07-10"');
  await run.stop();
});

it("headers tell the receipt, the connection and the place on it", async () => {
  const before = systemClock.nowMicros();
  server = await standIn(feedOf(oddLines, documents, ["XXX", "YYY"]));
  const run = runProducer(server, { symbols: ["XXX", "YYY"] });
  await until(() => run.states.includes("ended"), run);
  const messages = run.sender.records.filter((record) => record.headers["sequence"] !== undefined);
  const sequences = messages.map((record) => Number(record.headers["sequence"])).sort((a, b) => a - b);
  expect(sequences).toEqual(sequences.map((_, index) => index));
  expect(new Set(messages.map((record) => record.headers["connection"])).size).toBe(1);
  for (const record of run.sender.records) {
    expect(Number(record.headers["received-time"])).toBeGreaterThanOrEqual(before);
  }
  await run.stop();
});

it("a slow broker holds the stream back, and nothing is lost", async () => {
  const lines = Array.from({ length: 120_000 }, (_, index) =>
    quoteLine("XXX", `2024-07-11T14:30:${String(Math.floor(index / 4000) + 10)}Z`, 10, 10.02),
  );
  server = await standIn(feedOf(lines, documents));
  const run = runProducer(server);
  let queuedMax = 0;
  const gate = Promise.withResolvers<void>();
  run.sender.beforeSend = () => gate.promise;
  await until(() => {
    queuedMax = Math.max(queuedMax, run.writer()?.queued ?? 0);
    return queuedMax > 50_000;
  }, run);
  const sentWhenFull = server.stats().sent;
  gate.resolve();
  await until(() => {
    queuedMax = Math.max(queuedMax, run.writer()?.queued ?? 0);
    return run.states.includes("ended");
  }, run);
  expect(sentWhenFull).toBeLessThan(lines.length);
  expect(queuedMax).toBeLessThan(90_000);
  expect(run.metrics.get("quotes")).toBe(lines.length);
  await run.stop();
});

const recording = "../shared/recordings/xxx-iex-2018";
describe.skipIf(!existsSync(recording))("a real recording (../shared/recordings)", () => {
  it("is on the raw log as offline, all 1,722 quotes of it", async () => {
    const opened = await openRecording(recording);
    const lines: string[] = [];
    for await (const some of opened.lines()) lines.push(...some);
    const feed = recordingFeed(opened, nyse);
    server = await standIn(feed);
    const run = runProducer(server, { symbols: feed.symbols });
    await until(() => run.states.includes("ended"), run);
    const expected = offline(lines, feed.documents, feed.symbols);
    for (const partition of expected.keys()) {
      expect(run.sender.values(partition).map(plain)).toEqual(expected[partition]?.map(plain));
    }
    expect(run.metrics.get("quotes")).toBe(1722);
    await run.stop();
  });
});
