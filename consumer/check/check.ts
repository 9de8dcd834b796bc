import { PipelineError } from "../../domain/errors.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables } from "../../runtime/config/variables.ts";
import { type ClusterDescription, describeCluster } from "../../runtime/kafka/cluster-description.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import type { KafkaConnection } from "../../runtime/kafka/types.ts";
import type { Log } from "../../runtime/log/log.ts";
import { groupPrefix } from "../group-name.ts";
import { topicsFor } from "../topics.ts";
import { checkEndpoint } from "./network.ts";
import { scramRemedy, topicRemedy } from "./remedies.ts";
import { checkRights } from "./rights.ts";
import { type CheckResult, type Endpoint, endpointOf, endpointText } from "./step.ts";

export interface CheckOptions {
  readonly environment: Environment;
  /** Default: those that the user's rights show. */
  readonly topic?: string | undefined;
  readonly group?: string | undefined;
  /** How long each answer is waited for. Default: 5 s. */
  readonly timeoutMs?: number | undefined;
  readonly log: Log;
  readonly nowMs: () => number;
}

/**
 * Goes the way to the feed step by step, and says of each what it found: configuration, then for each broker DNS, TCP and TLS, the password,
 * the same again for each name that the brokers give themselves, rights on topics and group, the first record. Stops where it cannot go on.
 */
export async function* checkFeed(options: CheckOptions): AsyncGenerator<CheckResult> {
  const configured = await configuration(options);
  yield configured.result;
  const { connection } = configured;
  if (connection === null) return;
  const given = connection.brokers.map(endpointOf);
  const reached: string[] = [];
  for (const endpoint of given) {
    if (yield* wayTo(endpoint, false, connection, options)) reached.push(endpointText(endpoint));
  }
  if (reached.length === 0) return;
  const described = await description({ ...connection, brokers: reached }, options);
  yield described.result;
  if (described.cluster === null) return;
  const { brokers, topics: visible } = described.cluster;
  let isOpen = true;
  for (const broker of brokers) {
    if (reached.includes(endpointText(broker))) continue;
    if (!(yield* wayTo(broker, true, connection, options))) isOpen = false;
  }
  if (!isOpen) return;
  yield* rights({ ...connection, brokers: reached }, visible, configured.prefix, options);
}

interface Configured {
  readonly result: CheckResult;
  readonly connection: KafkaConnection | null;
  readonly prefix: string;
}

async function configuration({ environment }: CheckOptions): Promise<Configured> {
  const step = "configuration";
  try {
    const config = parseConfig(kafkaVariables, environment);
    const connection = await kafkaConnection(config, "bellwether-check");
    const user = connection.sasl === null ? "no user" : `the user ${connection.sasl.username}`;
    const trust = connection.tls === null ? "no TLS" : `TLS trusting ${config.KAFKA_TLS_CA ?? "Node's authorities"}`;
    const found = `${connection.brokers.join(", ")} as ${user}, ${trust}`;
    return { result: { step, outcome: "ok", found }, connection, prefix: config.TOPIC_PREFIX };
  } catch (error) {
    return { result: failure(step, error), connection: null, prefix: "" };
  }
}

/** Whether the way is open. */
async function* wayTo(
  endpoint: Endpoint,
  isOwnName: boolean,
  { tls }: KafkaConnection,
  { timeoutMs = 5000, nowMs }: CheckOptions,
): AsyncGenerator<CheckResult, boolean> {
  let isOpen = true;
  const network = { ca: tls?.ca, hasTls: tls !== null, isOwnName, timeoutMs, nowMs };
  for await (const result of checkEndpoint(endpoint, network)) {
    yield result;
    if (result.outcome === "failed") isOpen = false;
  }
  return isOpen;
}

interface Described {
  readonly result: CheckResult;
  readonly cluster: ClusterDescription | null;
}

async function description(connection: KafkaConnection, { log, timeoutMs = 5000 }: CheckOptions): Promise<Described> {
  const step = connection.sasl === null ? "cluster" : `password of ${connection.sasl.username}`;
  try {
    const cluster = await describeCluster(connection, log, { patienceMs: timeoutMs });
    const found = `taken; ${cluster.brokers.length} brokers, ${cluster.topics.length} topics to be seen`;
    return { result: { step, outcome: "ok", found }, cluster };
  } catch (error) {
    const isRefused = error instanceof PipelineError && error.code === "kafkaAuthentication";
    const result = failure(step, error);
    return { result: isRefused ? { ...result, remedy: scramRemedy } : result, cluster: null };
  }
}

async function* rights(
  connection: KafkaConnection,
  visible: readonly string[],
  prefix: string,
  options: CheckOptions,
): AsyncGenerator<CheckResult> {
  const username = connection.sasl?.username ?? "your user";
  const topics = topicsToRead(visible, prefix, options.topic);
  if (topics instanceof PipelineError || topics.some((topic) => !visible.includes(topic))) {
    const found =
      topics instanceof PipelineError ? topics.message : "it does not exist, or this user has no right to it";
    yield { step: `topic ${options.topic ?? ""}`.trim(), outcome: "failed", found, remedy: topicRemedy(username) };
    return;
  }
  yield { step: "topic", outcome: "ok", found: topics.join(", ") };
  const { group = "" } = options;
  const own = connection.sasl === null ? "" : groupPrefix(username);
  const checked = group.startsWith(own) ? group : own + group;
  const kafka = createKafka(connection, options.log);
  yield* checkRights({ kafka, topics, groupPrefix: checked, username, timeoutMs: options.timeoutMs ?? 5000 });
}

function topicsToRead(visible: readonly string[], prefix: string, topic: string | undefined) {
  if (topic !== undefined) return [topic];
  try {
    return topicsFor(null, visible, prefix);
  } catch (error) {
    if (error instanceof PipelineError) return error;
    throw error;
  }
}

function failure(step: string, error: unknown): CheckResult {
  if (!(error instanceof PipelineError)) throw error;
  const remedy = error.remedy === undefined ? {} : { remedy: [error.remedy] };
  return { step, outcome: "failed", found: error.message.trim(), ...remedy };
}
