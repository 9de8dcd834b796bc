import { expect, it } from "vitest";
import { topicConfigs, topicNames } from "../../../domain/topics.ts";
import { at, listOf, resourcesOf } from "../../../infra/guards/template.ts";
import { exampleProvider, providerStack, templateOf, withBrokers } from "../../support/infra-app.ts";

const template = templateOf(providerStack(exampleProvider()));
const cluster = onlyOf("AWS::MSK::Cluster");

function onlyOf(type: string) {
  const [first, ...more] = resourcesOf(template, type);
  if (first === undefined || more.length > 0) throw new Error(`${type}: not one`);
  return first;
}

it("the cluster runs KRaft on two brokers in two zones, IAM and SCRAM, with nothing in plain text", () => {
  expect(cluster.Properties).toMatchObject({
    ClusterName: "bellwether",
    KafkaVersion: "4.1.x.kraft",
    NumberOfBrokerNodes: 2,
    BrokerNodeGroupInfo: { InstanceType: "kafka.m7g.large", StorageInfo: { EBSStorageInfo: { VolumeSize: 20 } } },
    ClientAuthentication: {
      Sasl: { Iam: { Enabled: true }, Scram: { Enabled: true } },
      Unauthenticated: { Enabled: false },
    },
    EncryptionInfo: { EncryptionInTransit: { ClientBroker: "TLS", InCluster: true } },
    EnhancedMonitoring: "PER_TOPIC_PER_BROKER",
  });
  expect(listOf(at(cluster.Properties, "BrokerNodeGroupInfo", "ClientSubnets"))).toHaveLength(2);
  expect(at(cluster.Properties, "BrokerNodeGroupInfo", "ConnectivityInfo")).toBeUndefined();
  expect(at(cluster.Properties, "EncryptionInfo", "EncryptionAtRest", "DataVolumeKMSKeyId")).toEqual({
    "Fn::GetAtt": [expect.stringMatching(/^KeysData/), "Arn"],
  });
});

it("the cluster takes whichever revision its configuration has, so that a changed setting reaches the brokers", () => {
  const configuration = onlyOf("AWS::MSK::Configuration").logicalId;
  expect(at(cluster.Properties, "ConfigurationInfo")).toEqual({
    Arn: { "Fn::GetAtt": [configuration, "Arn"] },
    Revision: { "Fn::GetAtt": [configuration, "LatestRevision.Revision"] },
  });
});

it("brokers are told what the design needs of them", () => {
  const text = String(onlyOf("AWS::MSK::Configuration").Properties?.["ServerProperties"]);
  const properties = Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => line.split("=")),
  );
  expect(properties).toMatchObject({
    "allow.everyone.if.no.acl.found": "false",
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    "default.replication.factor": "2",
    "min.insync.replicas": "1",
    "transaction.state.log.replication.factor": "2",
    "transaction.state.log.min.isr": "1",
    "transaction.max.timeout.ms": "900000",
  });
  const largest = topicConfigs(topicNames("market.")).map(({ configs }) => Number(configs["max.message.bytes"] ?? 0));
  expect(Number(properties["message.max.bytes"])).toBeGreaterThan(Math.max(...largest));
});

it("D2: topics are made with the settings that the pipeline gives them on one machine", () => {
  const made = resourcesOf(template, "AWS::MSK::Topic").map(({ Properties }) => ({
    topic: Properties?.["TopicName"],
    configs: JSON.parse(Buffer.from(String(Properties?.["Configs"]), "base64").toString("utf8")) as unknown,
  }));
  expect(made).toEqual(topicConfigs(topicNames("market.")));
  for (const { Properties } of resourcesOf(template, "AWS::MSK::Topic")) {
    expect(Properties).toMatchObject({ PartitionCount: 12, ReplicationFactor: 2 });
  }
});

it("broker logs go to a group of ours, encrypted, for the days of the profile", () => {
  const group = at(cluster.Properties, "LoggingInfo", "BrokerLogs", "CloudWatchLogs", "LogGroup", "Ref");
  expect(template.Resources?.[String(group)]?.Properties).toMatchObject({
    RetentionInDays: 14,
    KmsKeyId: expect.anything(),
  });
});

it("connectivity is switched on by a starter and two waiters in a row, each within the hour, after the entitlements", () => {
  const [starter, ...moreStarters] = resourcesOf(template, "Custom::ConnectivityStart");
  const waiters = resourcesOf(template, "Custom::ConnectivityWait");
  expect(moreStarters).toEqual([]);
  expect(waiters.map(({ Properties }) => [Properties?.["handsOn"], Properties?.["operation"]])).toEqual([
    ["true", { "Fn::GetAtt": [starter?.logicalId, "operation"] }],
    ["false", { "Fn::GetAtt": [starter?.logicalId, "operation"] }],
  ]);
  for (const { Properties } of waiters) expect(Number(Properties?.["ServiceTimeout"])).toBeLessThanOrEqual(3600);
  const [first, second] = waiters.map(({ logicalId }) => logicalId);
  expect(dependsOn(second)).toContain(first);
  expect(dependsOn(starter?.logicalId)).toContain(resourcesOf(template, "Custom::Entitlements")[0]?.logicalId);
  for (const topic of resourcesOf(template, "AWS::MSK::Topic")) {
    expect(dependsOn(resourcesOf(template, "Custom::Entitlements")[0]?.logicalId)).toContain(topic.logicalId);
  }
  expect(dependsOn(onlyOf("AWS::MSK::ClusterPolicy").logicalId)).toContain(second);
});

function dependsOn(logicalId: string | undefined): readonly unknown[] {
  return listOf(at(template.Resources, logicalId ?? "", "DependsOn"));
}

it("the cluster's policy lets in exactly the accounts of the file, to connect and to look", () => {
  const [statement, ...more] = listOf(at(onlyOf("AWS::MSK::ClusterPolicy").Properties, "Policy", "Statement"));
  expect(more).toEqual([]);
  const principals = listOf(at(statement, "Principal", "AWS")).map((arn) => JSON.stringify(arn));
  expect(principals.map((arn) => /\d{12}/.exec(arn)?.[0])).toEqual(["111122223333", "444455556666"]);
  expect(at(statement, "Action")).toEqual([
    "kafka:CreateVpcConnection",
    "kafka:DescribeCluster",
    "kafka:DescribeClusterV2",
    "kafka:GetBootstrapBrokers",
  ]);
});

it("a customer's account decrypts its own users' secrets, through Secrets Manager, and nothing else", () => {
  const keys = resourcesOf(template, "AWS::KMS::Key").flatMap(({ Properties }) =>
    listOf(at(Properties, "KeyPolicy", "Statement")),
  );
  const beta = keys.filter((statement) => JSON.stringify(at(statement, "Principal")).includes("444455556666"));
  expect(beta).toHaveLength(1);
  const arns = listOf(at(beta[0], "Condition", "StringLike", "kms:EncryptionContext:SecretARN"));
  const named = arns.map((arn) => JSON.stringify(arn).match(/secret:([^"]+)/)?.[1]);
  expect(named).toEqual(["market.customer.beta.beta_desk-??????", "market.customer.beta.beta_risk-??????"]);
  expect(at(beta[0], "Action")).toBe("kms:Decrypt");
  expect(at(beta[0], "Condition", "StringEquals", "kms:ViaService")).toBe("secretsmanager.us-east-1.amazonaws.com");
});

it("the Alpaca keys have a place without a value, which the stack leaves behind, and one command that fills it", () => {
  const secret = resourcesOf(template, "AWS::SecretsManager::Secret").find(({ logicalId }) =>
    logicalId.startsWith("Alpaca"),
  );
  // It stays when the stack goes, so that its name has a part of the stack's own id: the next stack of this name has another.
  const name = JSON.stringify(secret?.Properties?.["Name"]);
  expect(name).toContain("bellwether/alpaca-");
  expect(name).toContain("AWS::StackId");
  expect(Object.keys(secret?.Properties ?? {}).toSorted()).toEqual(["Description", "KmsKeyId", "Name"]);
  expect(secret?.DeletionPolicy).toBe("RetainExceptOnCreate");
  const command = JSON.stringify(at(template.Outputs, "PutAlpacaKeys", "Value"));
  expect(command).toContain("aws secretsmanager put-secret-value --secret-id bellwether/alpaca-");
  expect(command).toContain("--secret-string file://alpaca.json");
});

it("entitlements hold in OpenSearch too: they come after the domain and the way to it, and the domain's set-up after them", () => {
  const [entitlements] = resourcesOf(template, "Custom::Entitlements");
  const [setup] = resourcesOf(template, "Custom::SearchSetup");
  const domain = onlyOf("AWS::OpenSearchService::Domain").logicalId;
  const properties = entitlements?.Properties;
  expect(JSON.stringify(properties?.["searchEndpoint"])).toContain(JSON.stringify([domain, "DomainEndpoint"]));
  expect(JSON.stringify(properties?.["searchSecretArn"])).toContain("SearchMaster");
  expect(dependsOn(setup?.logicalId ?? "")).toContain(entitlements?.logicalId);
  const ways = resourcesOf(template, "AWS::EC2::SecurityGroupIngress").filter(({ Properties }) =>
    JSON.stringify(Properties?.["SourceSecurityGroupId"]).includes("EntitlementsSecurityGroup"),
  );
  expect(ways.map(({ Properties }) => Properties?.["FromPort"]).toSorted()).toEqual([443, 443, 9096, 9098]);
  for (const { logicalId } of ways) expect(dependsOn(entitlements?.logicalId ?? "")).toContain(logicalId);
});

it("MSK's level of metrics is the file's to say", () => {
  const lean = templateOf(providerStack(withBrokers({ monitoring: "DEFAULT" })));
  expect(resourcesOf(lean, "AWS::MSK::Cluster")[0]?.Properties).toMatchObject({ EnhancedMonitoring: "DEFAULT" });
});

it("what customers must be told is in the outputs: the cluster, and of each user the secret", () => {
  expect(template.Outputs?.["ClusterArn"]).toMatchObject({ Value: { "Fn::GetAtt": [cluster.logicalId, "Arn"] } });
  const entitlements = resourcesOf(template, "Custom::Entitlements")[0]?.logicalId;
  for (const name of ["acmeacme", "betabetadesk", "betabetarisk"]) {
    const [lookUp, attribute] = listOf(at(template.Outputs, `SecretOf${name}`, "Value", "Fn::GetAtt"));
    expect([name, attribute]).toEqual([name, "ARN"]);
    expect(dependsOn(String(lookUp))).toContain(entitlements);
  }
});

it("passwords are rotated by a function with the entitlements of this deployment, which its account alone may invoke", () => {
  const command = at(template.Outputs, "RotatePassword", "Value", "Fn::Join", 1);
  const [before, name, after] = listOf(command);
  expect(before).toBe("AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name ");
  expect(after).toBe(
    ` --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '{"rotate":{"user":"NAME"}}' /dev/stdout`,
  );
  const logicalId = String(at(name, "Ref"));
  const operator = template.Resources?.[logicalId]?.Properties;
  expect(operator).toMatchObject({ Handler: "index.operate", Timeout: 900 });
  const [entitlements] = resourcesOf(template, "Custom::Entitlements");
  const applied = entitlements?.Properties;
  expect(at(operator, "Environment", "Variables")).toEqual({
    KAFKA_BROKERS: applied?.["bootstrapBrokers"],
    TOPIC_PREFIX: "market.",
    MSK_CLUSTER_ARN: applied?.["clusterArn"],
    SECRETS_KMS_KEY: applied?.["kmsKeyArn"],
    OPENSEARCH_URL: applied?.["searchEndpoint"],
    OPENSEARCH_SECRET_ID: applied?.["searchSecretArn"],
    ENTITLEMENTS_FILE: "/var/task/entitlements.yaml",
  });
  expect(dependsOn(logicalId)).toContain(entitlements?.logicalId);
  const apply = resourcesOf(template, "AWS::Lambda::Function").find(({ logicalId: id }) =>
    id.startsWith("EntitlementsProviderIsComplete"),
  );
  expect(operator?.["VpcConfig"]).toEqual(apply?.Properties?.["VpcConfig"]);
  expect([resourcesOf(template, "AWS::Lambda::Permission"), resourcesOf(template, "AWS::Lambda::Url")]).toEqual([
    [],
    [],
  ]);
});

it("the network has no NAT gateway, and in dev two interface endpoints in one zone beside the gateway to S3", () => {
  expect(resourcesOf(template, "AWS::EC2::NatGateway")).toEqual([]);
  const endpoints = resourcesOf(template, "AWS::EC2::VPCEndpoint").map(({ Properties }) => ({
    zones: listOf(Properties?.["SubnetIds"]).length,
    type: Properties?.["VpcEndpointType"],
  }));
  expect(endpoints.filter(({ type }) => type === "Interface").map(({ zones }) => zones)).toEqual([1, 1]);
  expect(endpoints.filter(({ type }) => type === "Gateway")).toHaveLength(1);
});

it("brokers let in our own stages' and functions' groups on the IAM port, what makes users on the users' port too, and nobody else", () => {
  const group = at(listOf(at(cluster.Properties, "BrokerNodeGroupInfo", "SecurityGroups"))[0], "Fn::GetAtt", 0);
  const rules = resourcesOf(template, "AWS::EC2::SecurityGroupIngress").filter(
    ({ Properties }) => at(Properties, "GroupId", "Fn::GetAtt", 0) === group,
  );
  expect(at(template.Resources, String(group), "Properties", "SecurityGroupIngress")).toBeUndefined();
  expect(rules.length).toBeGreaterThan(0);
  const isForUsers = (rule: (typeof rules)[number]) => rule.Properties?.["FromPort"] === 9096;
  expect(rules.filter(isForUsers)).toHaveLength(1);
  for (const { Properties } of rules.filter((rule) => !isForUsers(rule))) {
    expect(Properties).toMatchObject({ FromPort: 9098, ToPort: 9098, SourceSecurityGroupId: expect.anything() });
  }
});

it("dev's cluster goes with the stack, prod's stays with its network, and neither is lost by an update", () => {
  expect([cluster.DeletionPolicy, cluster.UpdateReplacePolicy]).toEqual(["Delete", "Retain"]);
  const kept = templateOf(providerStack(withBrokers({ onRemoval: "retain" })));
  const policies = (type: string) => new Set(resourcesOf(kept, type).map(({ DeletionPolicy }) => DeletionPolicy));
  for (const type of ["AWS::MSK::Cluster", "AWS::MSK::Configuration", "AWS::EC2::VPC", "AWS::EC2::Subnet"]) {
    expect([type, ...policies(type)]).toEqual([type, "RetainExceptOnCreate"]);
  }
});
