import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startOpenSearch } from "../../local/opensearch/start-opensearch.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import type { OutgoingRecord } from "../../runtime/kafka/types.ts";
import { createLog } from "../../runtime/log/log.ts";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import { startTestIndexer } from "../indexer/indexer-under-test.ts";
import { incoming, quoteValue } from "../indexer/records.ts";
import { startTestBroker, type TestBroker, topics } from "../support/broker.ts";

const partitions = 12;
const each = 3000;
/** Longer than the group's session: a member that fell silent would be thrown out. */
const awayMs = 15_000;
let broker: TestBroker;
let dataFolder: string;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "bellwether-outage-"));
  broker = await startTestBroker();
});
afterAll(async () => {
  await broker?.stop();
  await rm(dataFolder, { recursive: true, force: true });
});

async function publish(from: number): Promise<void> {
  const records = Array.from({ length: each }, (_, at): OutgoingRecord => {
    const partition = (from + at) % partitions;
    const place = { "source-partition": String(partition), "source-offset": String(from + at) };
    const { key, headers } = incoming(null, place);
    return { partition, key, value: quoteValue("2018-01-03T15:00:00Z"), headers };
  });
  const sender = await broker.kafkaFor("admin").sender();
  await sender.send(topics.enriched, records);
  await sender.close();
}

it("D5: a node that is killed in mid-bulk and away for longer than a session is waited for in the group, and every document is stored once", async () => {
  const before = await startOpenSearch({ environment: process.env, dataFolder });
  const port = Number(new URL(before.url).port);
  const logged: string[] = [];
  const write = (line: string) => void logged.push(line);
  const log = createLog({ stage: "indexer", level: "debug", format: "text", now: () => new Date(), write });
  const { brokers, ca, users } = broker.server;
  const kafka = createKafka({ brokers, clientId: "indexer", tls: { ca }, sasl: users.indexer }, log);
  const indexer = await startTestIndexer(kafka, before.url, { documentsMax: 100 });
  await publish(0);
  await indexer.until(() => indexer.metrics.get("documents") > 300);
  process.kill(before.pid, "SIGKILL");
  await before.exited;
  const storedBefore = indexer.metrics.get("documents");
  const memory = process.memoryUsage().rss;
  const awayUntilMs = performance.now() + awayMs;
  let from = each;
  for (; from < 4 * each; from += each) await publish(from);
  await delay(Math.max(0, awayUntilMs - performance.now()));
  const readAtMost = indexer.indexer.positions().filter(({ topic }) => topic === topics.enriched);
  expect(readAtMost.reduce((sum, { offset }) => sum + offset, 0)).toBeLessThan(storedBefore + each);
  expect(process.memoryUsage().rss - memory).toBeLessThan(150 * 2 ** 20);

  const after = await startOpenSearch({ environment: process.env, dataFolder, port });
  const openSearch = createOpenSearch({ url: after.url, basicAuth: null, ca: undefined });
  try {
    const done = () => indexer.indexer.positions().reduce((sum, { offset }) => sum + offset, 0) >= from;
    await indexer.until(done);
    await openSearch.request({ method: "POST", path: "/market-quotes-*/_refresh" });
    const answer = await openSearch.request({ method: "GET", path: "/market-quotes-*/_count" });
    expect(answer).toMatchObject({ count: from });
    expect(logged.filter((line) => line.includes("Reading"))).toHaveLength(1);
    expect(indexer.failures).toEqual([]);
  } finally {
    await indexer.close();
    await openSearch.close();
    await after.stop();
  }
});
