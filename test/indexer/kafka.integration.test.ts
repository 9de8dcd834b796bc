import { afterAll, beforeAll, expect, it } from "vitest";
import type { OutgoingRecord } from "../../runtime/kafka/types.ts";
import { startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { readToEnd } from "../support/read-topic.ts";
import { type FakeOpenSearch, startFakeOpenSearch } from "./fake-open-search.ts";
import { startTestIndexer, type TestIndexer } from "./indexer-under-test.ts";
import { incoming, quoteValue } from "./records.ts";

const partitions = 12;
const poison = quoteValue("2018-01-03T15:00:00Z").replace('"XXX"', '"poison"');
let broker: TestBroker;
let openSearch: FakeOpenSearch;
let isDown = false;

beforeAll(async () => {
  [broker, openSearch] = await Promise.all([
    startTestBroker(),
    startFakeOpenSearch({ behaviour: () => (isDown ? 503 : "answer") }),
  ]);
});
afterAll(async () => {
  await openSearch.close();
  await broker.stop();
});

/** Quotes over all partitions, as the enricher publishes them. */
async function publish(from: number, count: number, value = quoteValue("2018-01-03T15:00:00Z")): Promise<void> {
  const records = Array.from({ length: count }, (_, at): OutgoingRecord => {
    const partition = (from + at) % partitions;
    const headers = { "source-partition": String(partition), "source-offset": String(from + at) };
    const { key, headers: all } = incoming(value, headers);
    return { partition, key, value, headers: all };
  });
  const sender = await broker.kafkaFor("admin").sender();
  await sender.send(topics.enriched, records);
  await sender.close();
}

/** Waits until the reported positions have reached the ends of the enriched topic. */
async function untilEnd(indexer: TestIndexer): Promise<void> {
  const admin = await broker.kafkaFor("admin").admin();
  const ends = await admin.endOffsets(topics.enriched, { readCommitted: false });
  await admin.close();
  await indexer.until(() => {
    const at = new Map(
      indexer.indexer
        .positions()
        .filter(({ topic }) => topic === topics.enriched)
        .map(({ partition, offset }) => [partition, offset]),
    );
    return ends.every(({ partition, offset }) => (at.get(partition) ?? -1) >= offset);
  });
}

it("indexes what Kafka holds with the indexer's own rights, and dead-letters what OpenSearch refuses", async () => {
  await publish(0, 600);
  await publish(600, 1, poison);
  const indexer = await startTestIndexer(broker.kafkaFor("indexer"), openSearch.url);
  await untilEnd(indexer);
  // The dead letter is a record of a topic that is read too, and comes back as a document.
  await indexer.until(() => indexer.metrics.get("deadLetters") + indexer.metrics.get("deadLettersNotIndexed") === 1);
  await indexer.close();
  expect(indexer.metrics.snapshot().counts).toMatchObject({ quotes: 600, deadLettered: 1 });
  const [letter] = await readToEnd(broker.kafkaFor("admin"), topics.deadLetter);
  expect(letter?.value?.toString()).toBe(poison);
  expect(letter?.headers.reason?.toString()).toBe("notIndexable");
});

it("a restart goes on from the committed offsets, and indexes what came in between", async () => {
  await publish(1000, 300);
  const indexer = await startTestIndexer(broker.kafkaFor("indexer"), openSearch.url);
  await untilEnd(indexer);
  await indexer.close();
  expect(indexer.metrics.snapshot().counts).toMatchObject({ quotes: 300 });
  expect(indexer.metrics.get("alreadyApplied")).toBe(0);
});

it("D5: stopped in the middle of an outage, the next start indexes all of it", async () => {
  isDown = true;
  await publish(2000, 300);
  const first = await startTestIndexer(broker.kafkaFor("indexer"), openSearch.url, { documentsMax: 50 });
  await first.until(() => first.metrics.get("retries") > 0);
  await first.close();
  expect(first.metrics.get("documents")).toBe(0);
  isDown = false;
  const second = await startTestIndexer(broker.kafkaFor("indexer"), openSearch.url);
  await untilEnd(second);
  await second.close();
  expect(second.metrics.get("quotes")).toBe(300);
  expect([...openSearch.takes.values()].every((times) => times === 1)).toBe(true);
});

it("D5: in an outage a new member gets its partitions at once: the group does not wait for who waits for OpenSearch", {
  // Less than the minute after which a member that holds the group up is thrown out.
  timeout: 55_000,
}, async () => {
  isDown = true;
  const heldBefore = openSearch.held.size;
  await publish(3000, 600);
  // Small loads, so that the first member waits for room with records in hand.
  const limits = { documentsMax: 10 };
  const first = await startTestIndexer(broker.kafkaFor("indexer"), openSearch.url, limits);
  await first.until(() => first.metrics.get("retries") > 0);
  const second = await startTestIndexer(broker.kafkaFor("indexer"), openSearch.url, limits);
  await second.until(() => second.metrics.get("retries") > 0);
  isDown = false;
  await first.until(() => openSearch.held.size === heldBefore + 600);
  await Promise.all([first.close(), second.close()]);
  expect([...openSearch.takes.values()].every((times) => times === 1)).toBe(true);
});
