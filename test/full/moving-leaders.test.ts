import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { provision } from "../../cli/servers/provision.ts";
import { verify } from "../../cli/verify/verify.ts";
import { openFeed } from "../../consumer/index.ts";
import { seededRandom } from "../../local/simulator/random.ts";
import { ClusterLink } from "../../runtime/kafka/cluster-link.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import { enricherEnvironment, kafkaOf, stopped } from "../../scripts/chaos/chaos.ts";
import { startLoad } from "../../scripts/chaos/load.ts";
import { StageProcesses } from "../../scripts/chaos/stage-processes.ts";
import { untilFolded } from "../../scripts/chaos/until-folded.ts";
import { startKafkaTool } from "../clients/processes.ts";
import { collect, recordOf, until } from "../runtime/kafka/kafka-under-test.ts";
import { quietLog, topics } from "../support/broker.ts";
import { KafkaCluster } from "../support/kafka-cluster.ts";

const published = [topics.enriched, topics.candles, topics.alerts];
const internal = ["__consumer_offsets", "__transaction_state"];
const groupId = "market.enricher";
const properties = fileURLToPath(new URL("../../examples/clients/console-consumer.properties", import.meta.url));

let cluster: KafkaCluster;
let kafka: Kafka;
beforeAll(async () => {
  cluster = await KafkaCluster.start({ "group.min.session.timeout.ms": "1000" });
  kafka = kafkaOf(cluster.connection, "admin", quietLog);
  const admin = await kafka.admin();
  await provision(admin, "market.", true);
  await admin.close();
});
afterAll(() => cluster?.stop());

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

/** What the cluster says of these topics: who leads each partition, and which brokers have all of it. */
async function partitionsOf(...names: readonly string[]) {
  const { brokers, ca, users } = cluster.connection;
  const link = new ClusterLink({ brokers, clientId: "look", tls: { ca }, sasl: users.admin }, quietLog);
  try {
    const at = await link.cluster();
    await at.addMultipleTargetTopics([...names]);
    return names.flatMap((topic) => at.findTopicPartitionMetadata(topic));
  } finally {
    link.close();
  }
}

const all = () => partitionsOf(...Object.values(topics), ...internal).catch(() => []);

async function untilInSync(): Promise<void> {
  const isWhole = async () => {
    const found = await all();
    return found.length > 0 && found.every(({ isr }) => isr.length === 3);
  };
  await until(isWhole, "all three brokers to have everything");
}

/** Every partition goes back to the broker that is first in its list, while all is under load. */
async function electPreferredLeaders(): Promise<void> {
  const { brokers, caFile, users } = cluster.connection;
  const { username, password } = users.admin;
  const signIn = { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password, KAFKA_TLS_CA: caFile };
  const variables = { ...signIn, KAFKA_BROKERS: brokers.join(","), KAFKA_GROUP: "unused" };
  const where = ["--bootstrap-server", brokers.join(","), "--admin.config", properties];
  const what = ["--election-type", "preferred", "--all-topic-partitions"];
  const tool = await startKafkaTool("org.apache.kafka.tools.LeaderElectionCommand", [...where, ...what], { variables });
  const { code, stdout, stderr } = await tool.ended;
  expect([code, code === 0 ? "" : `${stdout}${stderr}`]).toEqual([0, ""]);
}

/** Offsets by partition, in the order in which they came. */
type Offsets = Map<string, number[]>;

function note(offsets: Offsets, { topic, partition, offset }: { topic: string; partition: number; offset: number }) {
  const at = `${topic}/${partition}`;
  const known = offsets.get(at);
  if (known === undefined) offsets.set(at, [offset]);
  else known.push(offset);
}

const total = (offsets: Offsets) => [...offsets.values()].reduce((sum, { length }) => sum + length, 0);

/** What stands on the topics when nothing moves any more. */
async function standing(): Promise<Offsets> {
  const offsets: Offsets = new Map();
  const admin = await kafka.admin();
  for (const topic of published) {
    for (const { partition, offset: toOffset } of await admin.endOffsets(topic, { readCommitted: true })) {
      for await (const { records } of kafka.readPartition({ topic, partition, fromOffset: 0, toOffset })) {
        for (const { offset } of records) note(offsets, { topic, partition, offset });
      }
    }
  }
  await admin.close();
  return offsets;
}

/** How each broker goes in turn: as in a rolling update, as a machine dies, and as one that hangs with its connections open and comes back later. */
const goings = [
  { id: 1, go: () => cluster.stopNode(1), comesBack: () => cluster.startNode(1) },
  { id: 2, go: () => cluster.killNode(2), comesBack: () => cluster.startNode(2) },
  {
    id: 3,
    go: async () => cluster.signalNode(3, "SIGSTOP"),
    comesBack: async () => cluster.signalNode(3, "SIGCONT"),
  },
];

it("D1: leaders that move, brokers that go and come back: every record once, in order, for the enricher and for readers", async () => {
  const environment = { ...process.env, ...enricherEnvironment(cluster.connection) };
  const enrichers = new StageProcesses("enrich", environment, () => {});
  enrichers.start();
  enrichers.start();
  const sender = await kafkaOf(cluster.connection, "producer", quietLog).sender();
  const load = startLoad({ sender, topic: topics.raw, quotesPerSecond: 400, random: seededRandom(7) });

  const { brokers, ca, users } = cluster.connection;
  const feed = await openFeed({ connection: { brokers, tls: { ca }, sasl: users.demo } });
  const byLibrary: Offsets = new Map();
  const library = feed.records({ from: "beginning", group: "library" }).each((record) => note(byLibrary, record));
  library.catch(() => undefined);
  // Without the library's own eye for repeats.
  const plain = await collect(kafka, topics.enriched);
  await until(() => byLibrary.size > 12 && plain.byPartition.size === 12, "the first records");
  await untilInSync();

  for (const { id, go, comesBack } of goings) {
    await go();
    await until(async () => {
      const found = await all();
      return found.length > 0 && found.every(({ leader }) => leader !== id);
    }, `broker ${id} to lead nothing`);
    const before = total(byLibrary);
    await until(() => total(byLibrary) > before, `records without broker ${id}`);
    await seconds(3);
    await comesBack();
    await untilInSync();
    await electPreferredLeaders();
    expect(enrichers.failures).toEqual([]);
  }

  await stopped(load);
  await sender.close();
  const admin = await kafka.admin();
  const onProgress = () => {};
  const left = await untilFolded({ admin, groupId, raw: topics.raw, stalledMsMax: 60_000, onProgress });
  await admin.close();
  expect(left).toBe(0);
  await enrichers.stop();
  expect(enrichers.failures).toEqual([]);
  const verified = await verify({ kafka, prefix: "market.", signal: new AbortController().signal, onProgress });
  expect(verified).toMatchObject({ missing: 0, duplicated: 0, different: 0 });

  const expected = await standing();
  await until(() => total(byLibrary) >= total(expected), "the library to have all");
  await feed.close();
  await library;
  await plain.reader.close();
  const inOrder = (offsets: Offsets) => [...offsets].toSorted(([one], [other]) => (one < other ? -1 : 1));
  expect(inOrder(byLibrary)).toEqual(inOrder(expected));
  for (const [partition, records] of plain.byPartition) {
    expect(records.map(({ offset }) => offset)).toEqual(expected.get(`${topics.enriched}/${partition}`));
  }
});

/** A topic whose partition 0 is led by broker 1 and kept by 2 too, while 1 has nothing of partition 1. */
async function makeTopicApart(): Promise<string> {
  const topic = `topic-${crypto.randomUUID()}`;
  const { brokers, ca, users } = cluster.connection;
  const link = new ClusterLink({ brokers, clientId: "make", tls: { ca }, sasl: users.admin }, quietLog);
  const at = await link.cluster();
  await at.refreshMetadata();
  const replicaAssignment = [
    { partition: 0, replicas: [1, 2] },
    { partition: 1, replicas: [3, 2] },
  ];
  const configEntries = [{ name: "min.insync.replicas", value: "1" }];
  const spec = { topic, numPartitions: -1, replicationFactor: -1, replicaAssignment, configEntries };
  await (await at.findControllerBroker()).createTopics({ topics: [spec], timeout: 15_000 });
  link.close();
  return topic;
}

it("a broker that dies holds up the partitions that it leads, and no others", async () => {
  const topic = await makeTopicApart();
  const isKnown = async () => (await partitionsOf(topic).catch(() => [])).length === 2;
  await until(isKnown, "the topic");
  const reading = await collect(kafka, topic);
  const sender = await kafka.sender();
  for (const partition of [0, 1]) await sender.send(topic, [recordOf("before", partition)]);
  await reading.count(2);
  await cluster.killNode(1);
  const isAway = async () => (await partitionsOf(topic).catch(() => [])).every(({ leader }) => leader !== 2);
  let waitedMsMax = 0;
  for (let sent = 2; await isAway(); sent++) {
    const startMs = performance.now();
    await sender.send(topic, [recordOf("while it is away", 1)]);
    await until(() => reading.values(1).length === sent, "a record of another broker");
    waitedMsMax = Math.max(waitedMsMax, performance.now() - startMs);
  }
  await sender.send(topic, [recordOf("after", 0)]);
  await until(() => reading.values(0).length === 2, "a record of the partition's new leader");
  expect(reading.values(0)).toEqual(["before", "after"]);
  expect(waitedMsMax).toBeLessThan(1500);
  await sender.close();
  await reading.reader.close();
});
