import { expect, it } from "vitest";
import type { ClusterLink } from "../../../runtime/kafka/cluster-link.ts";
import { GroupCoordinator } from "../../../runtime/kafka/group-coordinator.ts";
import type { GenerationContext } from "../../../runtime/kafka/group-generation.ts";
import { describeAssigned } from "../../../runtime/kafka/start-positions.ts";

it("a reader that is closed while Kafka is away does not wait for the offsets that it has asked for", async () => {
  const closing = new AbortController();
  const asked = Promise.withResolvers<void>();
  const away = {
    connection: { brokers: ["away:1"], clientId: "test", tls: null, sasl: null },
    cluster: async () => {
      asked.resolve();
      throw Object.assign(new Error("away"), { name: "KafkaJSConnectionError" });
    },
    faultOf: async (error: unknown) => error,
    reportTrouble() {},
  };
  const link = away as unknown as ClusterLink;
  const settings = {
    groupId: "group",
    topics: ["t"],
    sessionTimeoutMs: 1000,
    rebalanceTimeoutMs: 1000,
    unitOf: undefined,
  };
  const coordinator = new GroupCoordinator(link, settings, new AbortController().signal);
  const assigned = [{ topic: "t", partition: 0 }];
  const context = {
    link,
    coordinator,
    membership: { memberId: "m", generationId: 1, assigned },
    held: [],
    signal: closing.signal,
  };
  const described = describeAssigned(context as unknown as GenerationContext);
  const ended = expect(described).rejects.toMatchObject({ code: "kafkaUnreachable" });
  await asked.promise;
  closing.abort();
  await ended;
});
