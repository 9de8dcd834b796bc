import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { partitionOf } from "../domain/partition.ts";
import { defaultPartitions, topicNames } from "../domain/topics.ts";
import { type RunningKafka, startKafka } from "../local/kafka/start-kafka.ts";
import { cachingEnvironment } from "../runtime/config/compile-cache.ts";
import { environment } from "../runtime/config/environment.ts";
import type { Compression } from "../runtime/kafka/compression.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import { customerRights } from "../runtime/kafka/stage-rights.ts";
import type { Kafka, OutgoingRecord } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import type { ReaderResult } from "./consumer-reader.ts";
import { clientProperties, runTool } from "./kafka-tool.ts";
import { loadSymbols } from "./quotes.ts";
import { report } from "./report.ts";

const quotes = 600_000;
/** Quotes a second: that of the promise on latency, and that of a full feed on a busy day. */
const rates = [1000, 20_000] as const;
const liveSeconds = 12;
const topics = topicNames("market.");
const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const symbols = loadSymbols(500);
const reader = fileURLToPath(new URL("consumer-reader.ts", import.meta.url));

/**
 * What the customer's library delivers over the TLS listener, beside what Kafka's own consumer tool reads of the same topic; its memory with a
 * full feed; and the time from the commit of a transaction to the caller at a thousand quotes a second. The pipeline compresses with zstd.
 */
export async function benchConsumer(compression: Compression): Promise<void> {
  const server = await startKafka({ environment, benchmark: true });
  try {
    const { brokers, ca, users } = server;
    const connection = { brokers, clientId: "bench", tls: { ca }, sasl: users.admin, compression };
    const kafka = createKafka(connection, quiet);
    const admin = await kafka.admin();
    const specs = [topics.enriched, topics.candles, topics.alerts];
    await admin.ensureTopics(specs.map((topic) => ({ topic, partitions: defaultPartitions, configs: {} })));
    await admin.ensureAcls(customerRights("demo", topics));
    await admin.close();
    const bytes = await fill(kafka);
    const reference = await referenceRun(server);
    report("compression", compression);
    report(`reference: ConsumerPerformance, ${bytes} bytes, join included`, `${count(reference.total)} records/s`);
    report("  once it fetches", `${count(reference.fetching)} records/s`);
    for (const mode of ["batches", "values"]) reportRun(mode, await run(server, mode, quotes), reference);
    for (const perSecond of rates) await benchLive(server, kafka, perSecond);
  } finally {
    await server.stop();
  }
}

interface Reference {
  readonly total: number;
  readonly fetching: number;
}

function reportRun(mode: string, result: ReaderResult, reference: Reference): void {
  const total = result.records / result.seconds;
  const reading = result.records / result.readSeconds;
  const what = mode === "values" ? "library, every value parsed" : "library, batches";
  report(
    `${what}, join included`,
    `${count(total)} records/s (${(total / reference.total).toFixed(2)} of the reference)`,
  );
  report("  from the first record on", `${count(reading)} records/s (${(reading / reference.fetching).toFixed(2)})`);
  const memory = `${result.memoryMegabytesMax.toFixed(0)} MB at most`;
  report("  memory, CPU", `${memory}, ${result.cpuMicrosPerRecord.toFixed(1)} µs a record`);
}

/** As large as the pipeline's own, and with its headers. */
function recordOf(n: number): OutgoingRecord {
  const symbol = symbols[(n * 7919) % symbols.length] ?? "";
  const partition = partitionOf(symbol, defaultPartitions);
  const window = `{"start":"2024-07-11T13:30:00Z","open":156.02,"high":156.04,"low":155.99,"close":156.005,"timeWeightedAverage":156.013,"count":42,"spreadBps":0.71}`;
  const value = `{"type":"quote","symbol":"${symbol}","eventTime":"2024-07-11T13:30:00.123456789Z","bidPrice":156,"bidSize":${n},"bidExchange":"N","askPrice":156.01,"askSize":5,"askExchange":"N","conditions":["R"],"tape":"A","midPrice":156.005,"previousClose":157.04,"previousCloseDate":"2024-07-10","previousCloseSource":"official","percentChange":-0.6591,"indicator":"Neutral","quality":[],"windows":{"1m":${window},"5m":${window}}}`;
  const micros = String(Date.now() * 1000);
  const headers = {
    "source-partition": String(partition),
    "source-offset": String(n),
    "source-index": "0",
    "log-id": "qG6poJF7S_Cvs-Q1efnXaQ",
    "received-time": micros,
    "enriched-time": micros,
  };
  return { partition, key: symbol, value, headers };
}

/** Fills the topic; how large a value is. */
async function fill(kafka: Kafka): Promise<number> {
  const sender = await kafka.sender();
  const chunk = 20_000;
  for (let from = 0; from < quotes; from += chunk) {
    await sender.send(
      topics.enriched,
      Array.from({ length: chunk }, (_, n) => recordOf(from + n)),
    );
  }
  await sender.close();
  return recordOf(0).value?.length ?? 0;
}

async function referenceRun(server: RunningKafka): Promise<Reference> {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-consumer-"));
  try {
    const config = join(folder, "consumer.properties");
    writeFileSync(config, clientProperties(server, ["isolation.level=read_committed"]), { mode: 0o600 });
    const args = ["--bootstrap-server", server.brokers.join(","), "--topic", topics.enriched];
    args.push("--num-records", String(quotes), "--command-config", config, "--hide-header");
    const output = await runTool("org.apache.kafka.tools.ConsumerPerformance", args);
    const columns = output.split("\n").find((line) => line.split(", ").length >= 10);
    const figures = columns?.split(", ").map(Number) ?? [];
    const [total, fetching] = [figures[5], figures[9]];
    if (total === undefined || fetching === undefined) throw new Error(`ConsumerPerformance gave no figure: ${output}`);
    return { total, fetching };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ brokers, caFile, users }: RunningKafka, mode: string, records: number): Promise<ReaderResult> {
  const variables = {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.demo.username,
    KAFKA_SASL_PASSWORD: users.demo.password,
  };
  const profile =
    environment["BENCH_PROFILE"] === undefined ? [] : ["--cpu-prof", `--cpu-prof-name=consumer-${mode}.cpuprofile`];
  const child = spawn(process.execPath, [...profile, reader, mode, String(records)], {
    env: { ...cachingEnvironment(), ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`the reader ended with exit code ${code}`);
  return JSON.parse(output) as ReaderResult;
}

/** Commits a transaction every 20 ms. */
async function benchLive(server: RunningKafka, kafka: Kafka, perSecond: number): Promise<void> {
  const wanted = perSecond * liveSeconds;
  const committed = new Map<number, number>();
  const sender = await kafka.transactionalSender(`bench-${perSecond}`);
  let isDone = false;
  const running = run(server, "latency", wanted).finally(() => {
    isDone = true;
  });
  const everyMs = 20;
  const each = (perSecond * everyMs) / 1000;
  let next = performance.now();
  for (let n = quotes; !isDone; n += each) {
    await sender.send(
      topics.enriched,
      Array.from({ length: each }, (_, index) => recordOf(n + index)),
    );
    await sender.commit({ groupId: "bench", memberId: "", generationId: -1 }, []);
    const nowMs = performance.timeOrigin + performance.now();
    for (let index = 0; index < each; index++) committed.set(n + index, nowMs);
    next += everyMs;
    await sleep(Math.max(0, next - performance.now()));
  }
  await sender.close();
  const { times, memoryMegabytesMax } = await running;
  // The first second is that of joining the group.
  const delays: number[] = [];
  for (let at = 2 * perSecond; at < times.length; at += 2) {
    const committedMs = committed.get(times[at] ?? -1);
    if (committedMs !== undefined) delays.push((times[at + 1] ?? 0) - committedMs);
  }
  const sorted = delays.sort((a, b) => a - b);
  const at = (percent: number) => `${(sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0).toFixed(1)} ms`;
  report(
    `library, ${perSecond} quotes/s, commit to caller`,
    `p50 ${at(50)}, p99 ${at(99)}, most ${at(100)}; ${memoryMegabytesMax.toFixed(0)} MB`,
  );
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
