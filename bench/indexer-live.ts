import { setTimeout as sleep } from "node:timers/promises";
import { topicNames } from "../domain/topics.ts";
import { OpenSearchFault } from "../runtime/opensearch/fault.ts";
import { enrichedRecord } from "./enriched-records.ts";
import type { IndexerStage } from "./indexer-stage.ts";
import { loadSymbols } from "./quotes.ts";
import { report } from "./report.ts";

const prefix = "live.";
const perSecond = 5000;
const seconds = 20;
const publishEveryMs = 20;
const quotesAtOnce = (perSecond * publishEveryMs) / 1000;
const pollEveryMs = 100;
/** The first seconds are those in which all that takes part is compiled. */
const quotesBefore = 5 * perSecond;
const symbols = loadSymbols(500);

/** From just before a quote is sent to Kafka until a search finds it, at 5,000 quotes a second, by an indexer that is up; and what that takes. */
export async function benchIndexerLive(stage: IndexerStage): Promise<void> {
  await stage.makeTopics(prefix);
  const indexer = stage.startIndexer(prefix);
  const sentAtMs: number[] = [];
  const foundAtMs: number[] = [];
  const wanted = (perSecond * seconds) / quotesAtOnce;
  const up = Promise.withResolvers<void>();
  const publishing = publish(stage, sentAtMs, wanted, up.promise);
  let used = indexer.usage();
  while (foundAtMs.length < wanted) {
    await sleep(pollEveryMs);
    indexer.check();
    const found = await foundByNumber(stage, foundAtMs.length * quotesAtOnce);
    const nowMs = performance.now();
    for (const count of found) {
      if (count < quotesAtOnce) break;
      foundAtMs.push(nowMs);
      up.resolve();
    }
    if (foundAtMs.length * quotesAtOnce < quotesBefore) used = indexer.usage();
  }
  await publishing;
  const cpuMicros = indexer.usage().cpuMicros - used.cpuMicros;
  await indexer.stop();
  const delays = foundAtMs.map((ms, at) => ms - (sentAtMs[at] ?? 0)).slice(quotesBefore / quotesAtOnce);
  const sorted = delays.sort((a, b) => a - b);
  const at = (percent: number) =>
    `${((sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0) / 1000).toFixed(2)}`;
  report("indexer, 5,000 quotes/s, sent to found", `p50 ${at(50)} s, p99 ${at(99)} s, most ${at(100)} s`);
  const perDocument = cpuMicros / (perSecond * seconds - quotesBefore);
  const memory = (indexer.memoryBytesMax() / 2 ** 20).toFixed(0);
  report("  CPU, memory", `${perDocument.toFixed(1)} us a document, ${memory} MB`);
}

/** Numbers the quotes by their bid's size. Behind the first few it waits until the indexer is up. */
async function publish({ kafka }: IndexerStage, sentAtMs: number[], wanted: number, up: Promise<void>): Promise<void> {
  const sender = await kafka.sender();
  const publishNext = async () => {
    const number = sentAtMs.length * quotesAtOnce;
    sentAtMs.push(performance.now());
    const quotes = Array.from({ length: quotesAtOnce }, (_, at) => numbered(number + at));
    await sender.send(topicNames(prefix).enriched, quotes);
  };
  await publishNext();
  await up;
  for (let next = performance.now(); sentAtMs.length < wanted; next += publishEveryMs) {
    await sleep(Math.max(0, next - performance.now()));
    await publishNext();
  }
  await sender.close();
}

/** How many quotes a search finds of each `quotesAtOnce` numbers, from a number on. */
async function foundByNumber({ openSearch }: IndexerStage, from: number): Promise<readonly number[]> {
  const search = {
    size: 0,
    query: { range: { bidSize: { gte: from } } },
    aggs: { parts: { histogram: { field: "bidSize", interval: quotesAtOnce } } },
  };
  const request = { method: "POST", path: "/live-quotes-*/_search", body: search } as const;
  // While the index is being made no shard of it answers.
  const answer = (await openSearch.request(request).catch((error: unknown) => {
    if (error instanceof OpenSearchFault && error.status === 503) return {};
    throw error;
  })) as { aggregations?: { parts: { buckets: readonly { key: number; doc_count: number }[] } } };
  const buckets = answer.aggregations?.parts.buckets ?? [];
  return buckets[0]?.key === from ? buckets.map(({ doc_count }) => doc_count) : [];
}

function numbered(number: number) {
  const symbol = symbols[(number * 7919) % symbols.length] ?? "";
  const window = `{"start":"2024-07-11T13:30:00Z","open":156.02,"high":156.04,"low":155.99,"close":156.005,"timeWeightedAverage":156.013,"count":42,"spreadBps":0.71}`;
  const value = `{"type":"quote","symbol":"${symbol}","eventTime":"2024-07-11T13:30:00.123456789Z","bidPrice":156,"bidSize":${number},"bidExchange":"N","askPrice":156.01,"askSize":5,"askExchange":"N","conditions":["R"],"tape":"A","midPrice":156.005,"previousClose":157.04,"previousCloseDate":"2024-07-10","previousCloseSource":"official","percentChange":-0.6591,"indicator":"Neutral","quality":[],"windows":{"1m":${window},"5m":${window}}}`;
  return enrichedRecord(symbol, Buffer.from(value), number);
}
