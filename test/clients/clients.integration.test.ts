import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFeed } from "../../consumer/index.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import { take } from "../consumer/feed-under-test.ts";
import { collect, readAll } from "../runtime/kafka/kafka-under-test.ts";
import { quietLog, topics } from "../support/broker.ts";
import { acme, beta, CustomersBench, topicsOf } from "./customers-under-test.ts";
import type { ExpectedProducts } from "./raw-market.ts";

let bench: CustomersBench;
let expected: ExpectedProducts;

beforeAll(async () => {
  bench = await CustomersBench.start();
  bench.sell(acme + beta);
  await bench.entitlements("apply");
  expected = await bench.untilDistributed();
});
afterAll(() => bench?.stop());

const users = [
  { user: "alice", other: "bob" },
  { user: "bob", other: "alice" },
] as const;

describe.each(users)("$user", ({ user, other }) => {
  it("sees by the library all that was bought, and names no topic for it", async () => {
    const feed = await openFeed({ connection: bench.connectionOf(user) });
    const records = await take(feed.records({ from: "beginning" }), expected[user].length);
    expect(records.map(({ bytes }) => String(bytes)).toSorted()).toEqual(expected[user]);
    expect((await feed.topics()).toSorted()).toEqual(topicsOf[user]);
  });

  it("sees by `bellwether consume` the same", async () => {
    const { code, stdout } = await bench.consume(user, "--count", String(expected[user].length));
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").toSorted()).toEqual(expected[user]);
  });

  it("is refused the other's topics and the pipeline's, by library and command", async () => {
    for (const topic of [...topicsOf[other], topics.raw, topics.enriched]) {
      const feed = await openFeed({ connection: bench.connectionOf(user) });
      const reading = take(feed.records({ from: "beginning", topics: [topic] }), 1);
      await expect(reading).rejects.toMatchObject({ code: "kafkaAuthorization" });
    }
    const { code, stdout, stderr } = await bench.consume(user, "--topic", topicsOf[other][0] ?? "");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`no right to do this on the topic ${topicsOf[other][0]} `);
  });

  it("is refused groups of others, writes and administration", async () => {
    const kafka = createKafka({ clientId: "test", ...bench.connectionOf(user) }, quietLog);
    const refused = { code: "kafkaAuthorization" };
    const [own = ""] = topicsOf[user];
    for (const groupId of [`${other}-desk`, "market.enricher", "desk"]) {
      await expect(collect(kafka, own, { groupId })).rejects.toMatchObject(refused);
    }
    // Writing begins with a right on the cluster; `check` and the other clients try the topics.
    await expect(kafka.sender()).rejects.toMatchObject(refused);
    const admin = await kafka.admin();
    const made = admin.ensureTopics([{ topic: `${user}-own`, partitions: 1, configs: {} }]);
    await expect(made).rejects.toMatchObject(refused);
    await admin.close();
    expect(await readAll(kafka, own)).not.toEqual([]);
  });
});

it("`entitlements check` proves it for both, over the real listener", async () => {
  expect(await bench.entitlements("check")).toMatch(/2 users, \d+ attempts, all as they must be\n$/);
});
