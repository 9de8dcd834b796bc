import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createClusterAdmin } from "../../runtime/kafka/cluster-admin.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import { customerRights } from "../../runtime/kafka/stage-rights.ts";
import { collect, kafkaAs, makeTopic, recordOf, rememberingLog } from "../runtime/kafka/kafka-under-test.ts";
import { quietLog, startTestBroker, type TestBroker, topics } from "../support/broker.ts";

/** The clients sign in anew ten seconds before a session ends: here every two seconds. */
const sessionMs = 12_000;

let broker: TestBroker;
beforeAll(async () => {
  broker = await startTestBroker({
    "listener.name.sasl_ssl.scram-sha-512.connections.max.reauth.ms": String(sessionMs),
  });
});
afterAll(() => broker.stop());

it("readers of a group, senders and transactions go on through many sign-ins, without a fault or a rebalance", async () => {
  const log = rememberingLog();
  const { server } = broker;
  const kafka = kafkaAs(server, server.users.admin, log);
  const topic = await makeTopic(kafka);
  let assigned = 0;
  const reading = await collect(kafka, topic, {
    groupId: "going-on",
    onAssigned: async (partitions) => {
      assigned++;
      return partitions.map((one) => ({ topic: one.topic, partition: one.partition, offset: one.beginOffset }));
    },
  });
  const plain = await kafka.sender();
  const exact = await kafka.transactionalSender("going-on");
  const sent: string[] = [];
  const endMs = performance.now() + 2 * sessionMs;
  for (let at = 0; performance.now() < endMs; at++) {
    const values = [`plain ${at}`, `exact ${at}`];
    // Several at once, so that a sign-in comes between requests that are under way.
    const sending = [0, 1, 2].map((partition) => plain.send(topic, [recordOf(values[0] ?? "", partition)]));
    await exact.send(topic, [recordOf(values[1] ?? "", 0)]);
    await Promise.all([...sending, exact.commit({ groupId: "", memberId: "", generationId: -1 }, [])]);
    sent.push(...values);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await vi.waitFor(() => expect(reading.values(0).toSorted()).toEqual(sent.toSorted()), 10_000);
  expect(assigned).toBe(1);
  expect(log.warnings).toEqual([]);
  for (const one of [reading.reader, plain, exact]) await one.close();
}, 60_000);

it("a connection that was opened with a password outlives neither it nor its user, whoever has the name by now", async () => {
  const { brokers, ca, users } = broker.server;
  const admin = createClusterAdmin({ brokers, clientId: "test", tls: { ca }, sasl: users.admin }, quietLog);
  const rights = customerRights("alice", topics).map((spec) => ({ ...spec, host: "*", permission: "allow" }));
  await admin.putScramUser("alice", "old");
  await admin.createAcls(rights);
  const open = kafkaAs(broker.server, { username: "alice", password: "old" });
  const reading = await collect(open, topics.enriched, { groupId: "alice-desk" });
  const sender = await broker.kafkaFor("admin").sender();
  await sender.send(topics.enriched, [recordOf("all of its connections are open")]);
  await sender.close();
  await reading.count(1);
  // At once, so that the connection stays: its user is another's by now.
  await admin.removeScramUser("alice");
  await admin.putScramUser("alice", "new");
  const startMs = performance.now();
  expect(await reading.failed).toMatchObject({ code: "kafkaAuthentication" });
  expect(performance.now() - startMs).toBeLessThan(sessionMs + 5000);
  await reading.reader.close();
  admin.close();
}, 60_000);

it("a reader whose user was rotated away from reads its secret when it signs in anew, and goes on as the other", async () => {
  const { brokers, ca, users } = broker.server;
  const tls = { ca };
  const admin = createClusterAdmin({ brokers, clientId: "test", tls, sasl: users.admin }, quietLog);
  for (const user of ["carol", "carol-2"]) {
    await admin.putScramUser(user, "p");
    const rights = customerRights(user, topics).map((spec) => ({ ...spec, name: spec.name.replace("-2", "") }));
    await admin.createAcls(rights.map((spec) => ({ ...spec, host: "*", permission: "allow" })));
  }
  let held = { username: "carol", password: "p" };
  const kafka = createKafka({ brokers, clientId: "test", tls, sasl: held, renewSasl: async () => held }, quietLog);
  const reading = await collect(kafka, topics.alerts, { groupId: "carol-desk" });
  held = { username: "carol-2", password: "p" };
  await admin.removeScramUser("carol");
  // Longer than the session, so that each of the reader's connections has been asked again.
  await new Promise((resolve) => setTimeout(resolve, sessionMs));
  const sender = await broker.kafkaFor("admin").sender();
  await sender.send(topics.alerts, [recordOf("after the rotation")]);
  await reading.count(1);
  expect(reading.values(0)).toEqual(["after the rotation"]);
  await sender.close();
  await reading.reader.close();
  admin.close();
}, 60_000);
