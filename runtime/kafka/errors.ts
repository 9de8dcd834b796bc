import { PipelineError, type PipelineErrorCode } from "../../domain/errors.ts";

/**
 * What to do about a fault of the client library: reconnect, refresh the topics' leaders, wait and try again, rejoin the group,
 * or give up.
 */
export type FaultKind = "connection" | "metadata" | "wait" | "rejoin" | "fatal";

/** A fault as the client library gives it: its error classes are told apart by `name`, Kafka's own errors by `type`. */
interface LibraryError extends Error {
  readonly type?: string;
  readonly code?: string | number;
  readonly broker?: string;
  /** When what it is about was asked, Unix milliseconds. */
  readonly sentAt?: number | null;
  readonly topic?: string;
  readonly retriable?: boolean;
}

/** What was being done, for the message. */
export interface FaultContext {
  readonly brokers: readonly string[];
  /** "the topic market.raw", "the group market.indexer". */
  readonly resource?: string | undefined;
  /** Set where the sign-in is by tokens. */
  readonly tokens?: unknown;
}

const connectionNames = new Set([
  "KafkaJSConnectionError",
  "KafkaJSConnectionClosedError",
  "KafkaJSRequestTimeoutError",
  "KafkaJSNoBrokerAvailableError",
  "KafkaJSMetadataNotLoaded",
  "KafkaJSTopicMetadataNotLoaded",
  "KafkaJSTimeout",
  "KafkaJSLockTimeout",
]);

const kindsByType: Readonly<Record<string, FaultKind>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "metadata",
  LEADER_NOT_AVAILABLE: "metadata",
  NOT_LEADER_FOR_PARTITION: "metadata",
  REPLICA_NOT_AVAILABLE: "metadata",
  FENCED_LEADER_EPOCH: "metadata",
  UNKNOWN_LEADER_EPOCH: "metadata",
  KAFKA_STORAGE_ERROR: "metadata",
  ILLEGAL_SASL_STATE: "connection",
  BROKER_NOT_AVAILABLE: "connection",
  REBALANCE_IN_PROGRESS: "rejoin",
  ILLEGAL_GENERATION: "rejoin",
  UNKNOWN_MEMBER_ID: "rejoin",
};

/** The error that began it: the library wraps what it gives up retrying, a few times over. */
export function rootOf(error: unknown): LibraryError {
  let root = error as LibraryError;
  while (root.name !== "PipelineError" && root.cause instanceof Error) root = root.cause as LibraryError;
  return root;
}

export function faultKind(error: unknown): FaultKind {
  const root = rootOf(error);
  if (root.name === "PipelineError") return "fatal";
  if (isTlsFault(root)) return "fatal";
  if (connectionNames.has(root.name)) return "connection";
  // Its brokers and its leaders were looked at apart, or it was let go after a fault.
  if (root.name === "KafkaJSBrokerNotFound") return "metadata";
  const byType = root.type === undefined ? undefined : kindsByType[root.type];
  if (byType !== undefined) return byType;
  return root.retriable === true ? "wait" : "fatal";
}

/** The fault for the outside: a closed code, what happened, and how to mend it. A programmer's fault is passed on as it is. */
export function toPipelineError(error: unknown, context: FaultContext): Error {
  const root = rootOf(error);
  if (root instanceof PipelineError || root instanceof TypeError || root instanceof RangeError) return root;
  const [code, message, remedy] = describe(root, context);
  return new PipelineError(code, message, { remedy, cause: error, retriable: faultKind(error) !== "fatal" });
}

function describe(root: LibraryError, context: FaultContext): readonly [PipelineErrorCode, string, string] {
  const brokers = context.brokers.join(",");
  const type = root.type ?? "";
  // A request about a group or a transactional id can fail on one of its topics: that one is to be named.
  const isOfTopic = root.topic !== undefined && !/^(GROUP|TRANSACTIONAL_ID)_/.test(type);
  const resource = isOfTopic ? `the topic ${root.topic}` : (context.resource ?? "the cluster");
  if (isTlsFault(root)) {
    const remedy =
      "Set KAFKA_TLS_CA to the authority that signed the brokers, and use their certified names in KAFKA_BROKERS.";
    return ["kafkaUnreachable", `The certificate of Kafka at ${brokers} is not trusted: ${root.message}.`, remedy];
  }
  const isRefusal = root.name === "KafkaJSSASLAuthenticationError" || type === "SASL_AUTHENTICATION_FAILED";
  if ((isRefusal || type === "UNSUPPORTED_SASL_MECHANISM") && context.tokens !== undefined) {
    const remedy =
      "Give the role kafka-cluster:Connect on the cluster, set AWS_REGION to the cluster's, take the brokers' IAM listener (port 9098), and see that this machine's clock is right.";
    return ["kafkaAuthentication", `Kafka at ${brokers} refused the sign-in by IAM: ${root.message}.`, remedy];
  }
  if (isRefusal) {
    const remedy = "Check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD (or the secret of KAFKA_SECRET_ID).";
    return ["kafkaAuthentication", `Kafka at ${brokers} refused the user name or password.`, remedy];
  }
  if (type === "TRANSACTIONAL_ID_AUTHORIZATION_FAILED") {
    const remedy =
      "Ask the cluster's administrator for Write on the transactional ids that begin with the stage's group.";
    return ["kafkaAuthorization", `This user has no right to write under ${resource} (${type}).`, remedy];
  }
  if (type.endsWith("_AUTHORIZATION_FAILED")) {
    const remedy = "Ask the cluster's administrator for this right.";
    return ["kafkaAuthorization", `This user has no right to do this on ${resource} (${type}).`, remedy];
  }
  if (type === "UNSTABLE_OFFSET_COMMIT") {
    const message = `A transaction that moves offsets of ${resource} has not ended.`;
    const remedy =
      "It ends within its timeout; where it does not, the broker has lost its end when it crashed: kafka-transactions.sh find-hanging and abort end it.";
    return ["kafkaFailed", message, remedy];
  }
  if (type === "UNKNOWN_TOPIC_OR_PARTITION") {
    const remedy = "Create it, or check TOPIC_PREFIX; `bellwether up` makes missing topics.";
    return ["kafkaTopic", `Kafka at ${brokers} does not have ${resource}.`, remedy];
  }
  if (type === "MESSAGE_TOO_LARGE" || type === "RECORD_LIST_TOO_LARGE") {
    return ["kafkaTopic", `A record is larger than ${resource} takes.`, "Raise max.message.bytes of the topic."];
  }
  if (type === "INVALID_TOPIC_EXCEPTION") {
    return [
      "kafkaTopic",
      `${resource} has a name that Kafka refuses.`,
      "Use letters, digits, dot, underscore and hyphen.",
    ];
  }
  if (type === "KAFKA_STORAGE_ERROR") {
    return ["diskFull", `Kafka at ${brokers} cannot write to its disk.`, "Free space in the broker's data folder."];
  }
  if (faultKind(root) === "metadata") {
    const remedy =
      "It goes on by itself once a leader is chosen; if it lasts, see which brokers of the cluster are down.";
    return ["kafkaUnreachable", `No leader of ${resource} can be found at ${brokers} (${root.message}).`, remedy];
  }
  if (faultKind(root) === "connection") {
    const remedy =
      "Start Kafka or correct KAFKA_BROKERS; where it answers and hangs up, KAFKA_TLS does not fit the listener.";
    return ["kafkaUnreachable", `Kafka at ${brokers} cannot be reached (${root.message}).`, remedy];
  }
  return [
    "kafkaFailed",
    `Kafka at ${brokers} refused a request on ${resource}: ${root.message}.`,
    "See the broker's log.",
  ];
}

function isTlsFault(root: LibraryError): boolean {
  const code = String(root.code ?? "");
  return code.startsWith("ERR_TLS") || /CERT|UNABLE_TO|SELF_SIGNED|HOSTNAME_MISMATCH/.test(code);
}
