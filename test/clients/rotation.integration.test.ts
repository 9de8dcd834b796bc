import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FeedRecord, type FeedStream, openFeed, type RecordKind } from "../../consumer/index.ts";
import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import { until } from "../runtime/kafka/kafka-under-test.ts";
import { acme, CustomersBench } from "./customers-under-test.ts";

const topic = "market.product.tech";
const symbols = ["AAPL", "MSFT"];
const everyMs = 20;
const atOnce = 8;

let bench: CustomersBench;
beforeAll(async () => {
  bench = await CustomersBench.start();
  bench.sell(acme);
  await bench.entitlements("apply");
});
afterAll(() => bench?.stop());

/** Publishes some hundred records a second, numbered, until it is told to stop; how many there were. */
function load(): { stop(): Promise<number> } {
  let isEnough = false;
  const publishing = (async () => {
    const sender = await bench.broker.kafkaFor("distributor").sender();
    let count = 0;
    while (!isEnough) {
      const records = Array.from({ length: atOnce }, () => numbered(count++));
      await sender.send(topic, records);
      await sleep(everyMs);
    }
    await sender.close();
    return count;
  })();
  return {
    stop: () => {
      isEnough = true;
      return publishing;
    },
  };
}

function numbered(n: number) {
  const symbol = symbols[n % symbols.length] ?? "";
  const partition = partitionOf(symbol, defaultPartitions);
  return {
    partition,
    key: symbol,
    value: JSON.stringify({ type: "quote", symbol, eventTime: "2024-07-11T14:30:00Z", midPrice: n }),
    headers: {
      "source-partition": String(partition),
      "source-offset": String(n),
      "source-index": "0",
      "log-id": "log",
    },
  };
}

/** The numbers that a stream hands over, in their order. */
function numbersOf(stream: FeedStream<FeedRecord, RecordKind>) {
  const numbers: number[] = [];
  const ended = stream.each((record) => {
    numbers.push(Number((record.value as { midPrice?: number }).midPrice));
  });
  return { numbers, ended };
}

it("a rotation under load, and its end, lose no record and double none, with a group and without", async () => {
  const feed = await openFeed({ connection: bench.connectionOf("alice") });
  const readers = [
    numbersOf(feed.records({ from: "beginning", group: "desk" })),
    numbersOf(feed.records({ from: "beginning" })),
  ];
  const failed = Promise.race(readers.map(({ ended }) => ended.then(() => Promise.reject(new Error("it ended")))));
  failed.catch(() => {});
  const all = (count: number) =>
    Promise.race([failed, until(() => readers.every(({ numbers }) => numbers.length >= count), `${count} records`)]);
  const loading = load();
  await all(200);
  expect(await bench.entitlements("rotate", "--user", "alice")).toContain("alice: has a new password.");
  expect(bench.credentialsOf("alice").username).toBe("alice-2");
  const atRotation = readers[0]?.numbers.length ?? 0;
  await all(atRotation + 200);
  expect(await bench.entitlements("rotate", "--user", "alice", "--finish")).toContain("is gone");
  const atFinish = readers[0]?.numbers.length ?? 0;
  await all(atFinish + 400);
  const published = await loading.stop();
  await all(published);
  await feed.close();
  await Promise.all(readers.map(({ ended }) => ended));
  const each = Array.from({ length: published }, (_, n) => n);
  for (const { numbers } of readers) {
    expect(numbers.toSorted((a, b) => a - b)).toEqual(each);
    for (const remainder of [0, 1]) {
      expect(numbers.filter((n) => n % 2 === remainder)).toEqual(each.filter((n) => n % 2 === remainder));
    }
  }
});
