import { clusterAnswers } from "../../runtime/kafka/cluster-health.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { KafkaUser } from "./credentials.ts";

/** While a broker starts, its refusals are what is waited out. */
const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Whether the broker takes this user's password and describes its cluster: TLS, SCRAM and metadata are then all up. */
export async function answersClients(brokers: readonly string[], ca: string, user: KafkaUser): Promise<boolean> {
  return clusterAnswers({ brokers, clientId: "bellwether-health", tls: { ca }, sasl: user }, silent);
}
