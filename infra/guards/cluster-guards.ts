import { at, eachOf, type Guard } from "./template.ts";

const cluster = ["AWS::MSK::Cluster"];
const configuration = ["AWS::MSK::Configuration"];

/** What MSK calls the versions that run KRaft and that the stages were proved against. */
const versions = ["3.9.x.kraft", "4.0.x.kraft", "4.1.x.kraft"];

/** The levels of metrics that the cost table knows. */
const levels = ["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER"];

/** What no linter says of MSK: each would only show when the cluster is made, up to an hour into a deployment, or never. */
export const clusterGuards: readonly Guard[] = [
  eachOf(cluster, "connectivity-at-creation", (properties) =>
    at(properties, "BrokerNodeGroupInfo", "ConnectivityInfo", "VpcConnectivity") === undefined
      ? null
      : "MSK makes no cluster with multi-VPC connectivity: it is switched on afterwards.",
  ),
  eachOf(cluster, "public-brokers", (properties) =>
    [undefined, "DISABLED"].includes(
      at(properties, "BrokerNodeGroupInfo", "ConnectivityInfo", "PublicAccess", "Type") as string | undefined,
    )
      ? null
      : "Brokers must not have public addresses: customers come over PrivateLink.",
  ),
  eachOf(cluster, "t3-brokers", (properties) =>
    /^kafka\.t3\./.test(String(at(properties, "BrokerNodeGroupInfo", "InstanceType")))
      ? "t3 brokers run neither KRaft nor multi-VPC connectivity: take kafka.m7g.large or larger."
      : null,
  ),
  eachOf(cluster, "kafka-version", ({ KafkaVersion }) =>
    versions.includes(String(KafkaVersion))
      ? null
      : `${KafkaVersion} is none of MSK's KRaft versions: ${versions.join(", ")}.`,
  ),
  eachOf(cluster, "plaintext", ({ EncryptionInfo }) => {
    const inTransit = at(EncryptionInfo, "EncryptionInTransit");
    const isTls = at(inTransit, "ClientBroker") === "TLS" && at(inTransit, "InCluster") === true;
    return isTls
      ? null
      : "Brokers must speak TLS only, to clients (ClientBroker: TLS) and to each other (InCluster: true).";
  }),
  eachOf(cluster, "unauthenticated", ({ ClientAuthentication }) => {
    const scheme = (name: string) => at(ClientAuthentication, "Sasl", name, "Enabled") === true;
    const isOpen = at(ClientAuthentication, "Unauthenticated", "Enabled") === true;
    return scheme("Iam") && scheme("Scram") && !isOpen ? null : "IAM and SCRAM must be on, and nothing without a name.";
  }),
  eachOf(cluster, "broker-key", ({ EncryptionInfo }) =>
    at(EncryptionInfo, "EncryptionAtRest", "DataVolumeKMSKeyId") === undefined
      ? "Brokers' volumes must be encrypted by a key of our own; it cannot be given later."
      : null,
  ),
  eachOf(cluster, "broker-logs", ({ LoggingInfo }) =>
    at(LoggingInfo, "BrokerLogs", "CloudWatchLogs", "Enabled") === true ? null : "Brokers must write their log.",
  ),
  eachOf(cluster, "broker-metrics", ({ EnhancedMonitoring }) =>
    levels.includes(String(EnhancedMonitoring)) ? null : "The level of metrics must be one of MSK's, and be said.",
  ),
  eachOf(cluster, "brokers-by-zone", ({ BrokerNodeGroupInfo, NumberOfBrokerNodes }) => {
    const zones = at(BrokerNodeGroupInfo, "ClientSubnets");
    return Array.isArray(zones) && Number(NumberOfBrokerNodes) % zones.length !== 0
      ? `${NumberOfBrokerNodes} brokers cannot be the same number in each of ${zones.length} subnets.`
      : null;
  }),
  eachOf(configuration, "open-acls", ({ ServerProperties }) =>
    /^allow\.everyone\.if\.no\.acl\.found=false$/m.test(String(ServerProperties))
      ? null
      : "allow.everyone.if.no.acl.found must be false: else every SCRAM user reads what has no ACL, and MSK refuses the switch.",
  ),
  eachOf(configuration, "auto-topics", ({ ServerProperties }) =>
    /^auto\.create\.topics\.enable=false$/m.test(String(ServerProperties))
      ? null
      : "auto.create.topics.enable must be false: topics have their settings from the first record on.",
  ),
  eachOf(configuration, "configuration-versions", ({ KafkaVersionsList }) =>
    KafkaVersionsList === undefined ? null : "With a list of versions a raise would replace the configuration in use.",
  ),
];
