import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from "kafkajs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { defaultPartitions, topicConfigs } from "../../domain/topics.ts";
import { seededRandom } from "../../local/simulator/random.ts";
import { stageRights } from "../../runtime/kafka/stage-rights.ts";
import type { RecordSender } from "../../runtime/kafka/types.ts";
import { type RunningLoad, startLoad } from "../../scripts/chaos/load.ts";
import { asAdministrator, expectExactlyOnce, startEnricher } from "../enricher/bad-input-enricher.ts";
import { startTestBroker, type TestBroker, topics } from "../support/broker.ts";

/** Of twelve partitions, by default. */
const units = 2;
const patience = { timeout: 60_000, interval: 50 };
let broker: TestBroker;
let sender: RecordSender;
let load: RunningLoad;

beforeEach(async () => {
  broker = await startTestBroker();
  sender = await broker.kafkaFor("producer").sender();
  load = startLoad({ sender, topic: topics.raw, quotesPerSecond: 500, random: seededRandom(3) });
});
afterEach(async () => {
  await sender.close();
  await broker.stop();
});

it("D2: the state topic deleted under a running instance is told in the log; made again, the feed goes on, and nothing is lost or doubled", async () => {
  const enricher = startEnricher(broker);
  await expect.poll(() => enricher.counted("transactions"), patience).toBeGreaterThan(20);
  await asAdministrator(broker, (admin) => admin.deleteTopics({ topics: [topics.state] }));
  await expect.poll(() => enricher.said(), patience).toContain("does not have the topic market.state");
  expect(enricher.said()).toContain("Create it");
  await provisionState();
  const before = enricher.counted("transactions");
  await expect.poll(() => enricher.counted("transactions"), patience).toBeGreaterThan(before + 20);
  const { quotes } = await load.stop();
  const found = await expectExactlyOnce(broker);
  expect(found.equal).toBeGreaterThan(quotes);
  expect(await enricher.stop()).toBe(0);
  const blamed = [...enricher.said().matchAll(/does not have ([^.]* [\w.-]+)\./g)].map(([, what]) => what);
  expect(new Set(blamed)).toEqual(new Set(["the topic market.state"]));
});

it("D2: where the state topic is lost and the raw log no longer whole, an enricher refuses to start and says how to go on; told to accept it, it does", async () => {
  const first = startEnricher(broker);
  await expect.poll(() => first.counted("transactions"), patience).toBeGreaterThan(20);
  expect(await first.stop()).toBe(0);
  await asAdministrator(broker, async (admin) => {
    await admin.deleteTopics({ topics: [topics.state] });
    const partitions = (await admin.fetchTopicOffsets(topics.raw)).map(({ partition }) => ({ partition, offset: "1" }));
    await admin.deleteTopicRecords({ topic: topics.raw, partitions });
  });
  await provisionState();
  const refused = startEnricher(broker);
  expect(await refused.ended).toBe(1);
  expect(refused.said()).toMatch(
    /The records of market\.raw partition \d+ from offset 0 to 1 are no longer kept, and no snapshot holds what came of them: there is none\./,
  );
  expect(refused.said()).toContain("ENRICHER_LOST_STATE=accept");
  const next = startEnricher(broker, {
    ENRICHER_LOST_STATE: "accept",
    // None would be due before it ends.
    SNAPSHOT_EVERY_MS: "600000",
    SNAPSHOT_EVERY_RECORDS: "1000000",
  });
  await expect.poll(() => next.counted("transactions"), patience).toBeGreaterThan(20);
  expect(next.said()).toContain("going on without what is lost");
  await load.stop();
  expect(await next.stop()).toBe(0);
  // Its snapshots hold what it knows from there on.
  const again = startEnricher(broker);
  await expect.poll(() => again.counted("recoveries"), patience).toBe(units);
  expect(await again.stop()).toBe(0);
});

it("D1: the right to the transactional ids taken away from a running instance ends it with a clear error; given again, the next goes on, and nothing is lost or doubled", async () => {
  const first = startEnricher(broker);
  await expect.poll(() => first.counted("transactions"), patience).toBeGreaterThan(20);
  await asAdministrator(broker, (admin) => admin.deleteAcls({ filters: [transactionalIds] }));
  expect(await first.ended).toBe(1);
  expect(first.said()).toContain("no right to write under the transactional id market.enricher-unit-");
  expect(first.said()).toContain("Ask the cluster's administrator for Write on the transactional ids");
  const refused = startEnricher(broker);
  expect(await refused.ended).toBe(1);
  expect(refused.said()).toContain("no right to write under the transactional id market.enricher-unit-");
  const admin = await broker.kafkaFor("admin").admin();
  await admin.ensureAcls(stageRights(topics, "market."));
  await admin.close();
  const next = startEnricher(broker);
  await expect.poll(() => next.counted("transactions"), patience).toBeGreaterThan(20);
  const { quotes } = await load.stop();
  const found = await expectExactlyOnce(broker);
  expect(found.equal).toBeGreaterThan(quotes);
  expect(await next.stop()).toBe(0);
});

const transactionalIds = {
  resourceType: AclResourceTypes.TRANSACTIONAL_ID,
  resourcePatternType: ResourcePatternTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
  operation: AclOperationTypes.ANY,
};

async function provisionState(): Promise<void> {
  const admin = await broker.kafkaFor("admin").admin();
  const specs = topicConfigs(topics).filter(({ topic }) => topic === topics.state);
  await admin.ensureTopics(specs.map((spec) => ({ ...spec, partitions: defaultPartitions })));
  await admin.close();
}
