import Cluster from "kafkajs/src/cluster/index.js";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { withCluster } from "../../../runtime/kafka/retry.ts";
import { quietLog } from "../../support/broker.ts";

const connection = { brokers: ["127.0.0.1:1"], clientId: "test", tls: null, sasl: null };
const links: ClusterLink[] = [];

beforeEach(() => {
  vi.spyOn(Cluster.prototype, "connect").mockResolvedValue();
});
afterEach(() => {
  for (const link of links.splice(0)) link.close();
  vi.restoreAllMocks();
});

/** A link, and what is under way at each of its brokers: all say that they are connected, and none says anything else. */
async function linkTo(...ports: readonly number[]) {
  return linkHearing({}, ...ports);
}

/** The same; of some it was heard, at a time in Unix milliseconds. */
async function linkHearing(heardMs: Readonly<Record<number, number>>, ...ports: readonly number[]) {
  const link = new ClusterLink(connection, quietLog);
  links.push(link);
  const cluster = await link.cluster();
  const rejected: number[] = [];
  for (const port of ports) {
    const requestQueue = { rejectAll: () => rejected.push(port) };
    cluster.brokerPool.brokers[port] = {
      nodeId: port,
      isConnected: () => true,
      disconnect: async () => {},
      connectionPool: { host: "127.0.0.1", port, pool: [{ requestQueue, socket: null, heardMs: heardMs[port] }] },
    } as unknown as Cluster.Broker;
  }
  cluster.brokerPool.seedBroker = cluster.brokerPool.brokers[String(ports[0])];
  const connected = () => Object.keys(cluster.brokerPool.brokers).map(Number);
  return { link, cluster, rejected, connected };
}

const faultOf = (name: string, port: number) =>
  Object.assign(new Error("no answer"), { name, broker: `127.0.0.1:${port}` });

it("a broker that does not answer one link is let go by the others too: none waits for it anew", async () => {
  const [one, other, third] = [await linkTo(1, 2, 3), await linkTo(1, 2, 3), await linkTo(1, 3)];
  one.link.drop(one.cluster, faultOf("KafkaJSRequestTimeoutError", 2));
  for (const { connected } of [one, other, third]) expect(connected()).toEqual([1, 3]);
  expect([one.rejected, other.rejected, third.rejected]).toEqual([[2], [2], []]);
});

it("a broker that is slow to one link is kept by those that hear of it", async () => {
  vi.spyOn(Date, "now").mockReturnValue(110_000);
  const [one, lively, silent, ofTheFuture] = [
    await linkTo(1, 2),
    await linkHearing({ 2: 105_001 }, 1, 2),
    await linkHearing({ 2: 104_999 }, 1, 2),
    await linkHearing({ 2: 110_001 }, 1, 2),
  ];
  const fault = Object.assign(faultOf("KafkaJSRequestTimeoutError", 2), { sentAt: 100_000 });
  one.link.drop(one.cluster, fault);
  expect([one, lively, silent, ofTheFuture].map(({ connected }) => connected())).toEqual([[1], [1, 2], [1], [1]]);
});

it("a link that has no other broker keeps it: its own requests say when it is time", async () => {
  const [one, other] = [await linkTo(1, 2), await linkTo(2)];
  one.link.drop(one.cluster, faultOf("KafkaJSRequestTimeoutError", 2));
  expect([one.connected(), other.connected()]).toEqual([[1], [2]]);
  expect(other.rejected).toEqual([]);
});

it("a broker that hangs is let go by the request that has no more patience, too", async () => {
  const [one, other] = [await linkTo(1, 2), await linkTo(1, 2)];
  const fault = faultOf("KafkaJSRequestTimeoutError", 2);
  const impatient = { patienceMs: 0, signal: new AbortController().signal };
  const asking = withCluster(one.link, impatient, () => Promise.reject(fault));
  await expect(asking).rejects.toMatchObject({ code: "kafkaUnreachable" });
  expect([one.connected(), other.connected()]).toEqual([[1], [1]]);
});

it("a connection that broke is one link's matter, and so is a fault that another's letting go has caused", async () => {
  const [one, other] = [await linkTo(1, 2), await linkTo(1, 2)];
  one.link.drop(one.cluster, faultOf("KafkaJSConnectionError", 2));
  expect([one.connected(), other.connected()]).toEqual([[1], [1, 2]]);
  other.link.drop(
    other.cluster,
    Object.assign(faultOf("KafkaJSRequestTimeoutError", 2), { code: "ERR_KAFKA_DROPPED" }),
  );
  expect(other.connected()).toEqual([1, 2]);
});
