import { Kafka, logLevel } from "kafkajs";
import type { KafkaUser } from "./credentials.ts";

const requestTimeoutMs = 5000;

/** Whether the broker takes this user's password and describes its cluster: TLS, SCRAM and metadata are then all up. */
export async function answersClients(brokers: readonly string[], ca: string, user: KafkaUser): Promise<boolean> {
  const kafka = new Kafka({
    clientId: "bellwether-health",
    brokers: [...brokers],
    ssl: { ca: [ca] },
    sasl: { mechanism: "scram-sha-512", ...user },
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return cluster.brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}
