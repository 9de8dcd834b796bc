import { provision } from "../../cli/servers/provision.ts";
import { topicNames } from "../../domain/topics.ts";
import { type RunningKafka, startKafka } from "../../local/kafka/start-kafka.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import type { Kafka, KafkaConnection } from "../../runtime/kafka/types.ts";
import type { Log } from "../../runtime/log/log.ts";

/** A log for tests: silent, so that only a failed expectation is seen. */
export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A real broker for one test file, with the pipeline's topics, users and rights. */
export interface TestBroker {
  readonly server: RunningKafka;
  /** The port, signed in as one of the users. */
  kafkaFor(user: keyof RunningKafka["users"]): Kafka;
  stop(): Promise<void>;
}

/** Starts a broker and makes the topics under `market.`. */
export async function startTestBroker(extraConfig: Readonly<Record<string, string>> = {}): Promise<TestBroker> {
  const server = await startKafka({ environment: process.env, extraConfig });
  const kafkaFor = (user: keyof RunningKafka["users"]) => createKafka(connectionOf(server, user), quietLog);
  const admin = await kafkaFor("admin").admin();
  await provision(admin, "market.", true);
  await admin.close();
  return { server, kafkaFor, stop: () => server.stop() };
}

function connectionOf(server: RunningKafka, user: keyof RunningKafka["users"]): KafkaConnection {
  return { brokers: server.brokers, clientId: `test-${user}`, tls: { ca: server.ca }, sasl: server.users[user] };
}

export const topics = topicNames("market.");
