import { expect, it } from "vitest";
import { guardFindings } from "../../../infra/guards/guards.ts";
import type { Template, TemplateResource } from "../../../infra/guards/template.ts";

const kept = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };

/** A cluster that no guard has anything against. */
const cluster = {
  Type: "AWS::MSK::Cluster",
  ...kept,
  Properties: {
    KafkaVersion: "4.1.x.kraft",
    NumberOfBrokerNodes: 2,
    BrokerNodeGroupInfo: { InstanceType: "kafka.m7g.large", ClientSubnets: ["a", "b"] },
    EncryptionInfo: {
      EncryptionAtRest: { DataVolumeKMSKeyId: "key" },
      EncryptionInTransit: { ClientBroker: "TLS", InCluster: true },
    },
    ClientAuthentication: { Sasl: { Iam: { Enabled: true }, Scram: { Enabled: true } } },
    LoggingInfo: { BrokerLogs: { CloudWatchLogs: { Enabled: true } } },
    EnhancedMonitoring: "PER_TOPIC_PER_BROKER",
  },
} satisfies TemplateResource;
const configuration = (text: string) => resource("AWS::MSK::Configuration", { ServerProperties: text });
const goodProperties = "allow.everyone.if.no.acl.found=false\nauto.create.topics.enable=false\n";

function resource(Type: string, Properties: Readonly<Record<string, unknown>>): TemplateResource {
  return { Type, ...kept, Properties };
}

/** The cluster with something else at its top level. */
function clusterWith(properties: Readonly<Record<string, unknown>>): TemplateResource {
  return { ...cluster, Properties: { ...cluster.Properties, ...properties } };
}

function found(planted: TemplateResource, rest: Partial<Template> = {}): readonly string[] {
  return guardFindings({ Resources: { Planted: planted }, ...rest }).map(({ guard }) => guard);
}

it("a cluster as it should be passes, and so does an empty template", () => {
  expect(found(cluster)).toEqual([]);
  expect(guardFindings({})).toEqual([]);
});

const nodes = cluster.Properties.BrokerNodeGroupInfo;
const encryption = cluster.Properties.EncryptionInfo;
it.each<[guard: string, planted: TemplateResource]>([
  [
    "connectivity-at-creation",
    clusterWith({
      BrokerNodeGroupInfo: {
        ...nodes,
        ConnectivityInfo: { VpcConnectivity: { ClientAuthentication: { Sasl: { Scram: { Enabled: true } } } } },
      },
    }),
  ],
  [
    "public-brokers",
    clusterWith({
      BrokerNodeGroupInfo: { ...nodes, ConnectivityInfo: { PublicAccess: { Type: "SERVICE_PROVIDED_EIPS" } } },
    }),
  ],
  ["t3-brokers", clusterWith({ BrokerNodeGroupInfo: { ...nodes, InstanceType: "kafka.t3.small" } })],
  ["kafka-version", clusterWith({ KafkaVersion: "4.9.x.kraft" })],
  ["kafka-version", clusterWith({ KafkaVersion: "3.6.0" })],
  ["plaintext", clusterWith({ EncryptionInfo: inTransit("PLAINTEXT") })],
  ["plaintext", clusterWith({ EncryptionInfo: inTransit("TLS_PLAINTEXT") })],
  ["plaintext", clusterWith({ EncryptionInfo: inTransit("TLS", false) })],
  [
    "unauthenticated",
    clusterWith({
      ClientAuthentication: { ...cluster.Properties.ClientAuthentication, Unauthenticated: { Enabled: true } },
    }),
  ],
  ["unauthenticated", clusterWith({ ClientAuthentication: { Sasl: { Scram: { Enabled: true } } } })],
  ["broker-key", clusterWith({ EncryptionInfo: { EncryptionInTransit: encryption.EncryptionInTransit } })],
  ["broker-logs", clusterWith({ LoggingInfo: undefined })],
  ["broker-metrics", clusterWith({ EnhancedMonitoring: "PER_TOPIC" })],
  ["brokers-by-zone", clusterWith({ NumberOfBrokerNodes: 3 })],
  ["lost-by-replacement", { ...cluster, UpdateReplacePolicy: "Delete" }],
  ["silent-removal", { Type: cluster.Type, Properties: cluster.Properties, UpdateReplacePolicy: "Retain" }],
  ["open-acls", configuration("auto.create.topics.enable=false\n")],
  ["open-acls", configuration(goodProperties.replace("found=false", "found=true"))],
  ["auto-topics", configuration("allow.everyone.if.no.acl.found=false\n")],
  [
    "configuration-versions",
    resource("AWS::MSK::Configuration", { ServerProperties: goodProperties, KafkaVersionsList: ["4.1.x.kraft"] }),
  ],
])("MSK: %s is found where it is planted", (guard, planted) => {
  expect(found(planted)).toEqual([guard]);
});

function inTransit(ClientBroker: string, InCluster = true) {
  return { ...encryption, EncryptionInTransit: { ClientBroker, InCluster } };
}

const ingress = (rule: Readonly<Record<string, unknown>>) =>
  resource("AWS::EC2::SecurityGroup", { SecurityGroupIngress: [rule] });
const template = (data: Readonly<Record<string, unknown>>) =>
  resource("AWS::EC2::LaunchTemplate", {
    LaunchTemplateData: {
      MetadataOptions: { HttpTokens: "required" },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true } }],
      ...data,
    },
  });
it.each<[guard: string, planted: TemplateResource]>([
  ["open-ingress", ingress({ CidrIp: "0.0.0.0/0", IpProtocol: "tcp", FromPort: 443, ToPort: 443 })],
  ["open-ingress", ingress({ CidrIpv6: "::/0", IpProtocol: "tcp", FromPort: 443, ToPort: 443 })],
  ["open-ingress", ingress({ CidrIp: "10.0.0.0/8", IpProtocol: "tcp", FromPort: 22, ToPort: 22 })],
  ["open-ingress", ingress({ CidrIp: "10.0.0.0/8", IpProtocol: "-1" })],
  [
    "open-ingress",
    resource("AWS::EC2::SecurityGroupIngress", {
      CidrIp: "0.0.0.0/0",
      IpProtocol: "tcp",
      FromPort: 9096,
      ToPort: 9096,
    }),
  ],
  ["nat-gateway", resource("AWS::EC2::NatGateway", {})],
  ["ssh-key", template({ KeyName: "mine" })],
  ["metadata-tokens", template({ MetadataOptions: { HttpTokens: "optional" } })],
  ["machine-disks", template({ BlockDeviceMappings: [{ Ebs: { Encrypted: false } }] })],
  ["machine-disks", template({ BlockDeviceMappings: undefined })],
  ["volumes", resource("AWS::EC2::Volume", { Size: 8 })],
  ["typed-zone", resource("AWS::EC2::Subnet", { AvailabilityZone: "us-east-1a" })],
  ["typed-zone", resource("AWS::EC2::Subnet", { AvailabilityZoneId: "use1-az1" })],
])("network: %s is found where it is planted", (guard, planted) => {
  expect(found(planted)).toEqual([guard]);
});

it("network: what comes from a security group or from this network's own addresses passes", () => {
  expect(found(ingress({ SourceSecurityGroupId: "sg-1", IpProtocol: "tcp", FromPort: 9098, ToPort: 9098 }))).toEqual(
    [],
  );
  expect(found(ingress({ CidrIp: "10.60.0.0/20", IpProtocol: "tcp", FromPort: 443, ToPort: 443 }))).toEqual([]);
  expect(found(template({}))).toEqual([]);
});

const blocked = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};
const bucket = (properties: Readonly<Record<string, unknown>>) =>
  resource("AWS::S3::Bucket", { PublicAccessBlockConfiguration: blocked, BucketEncryption: {}, ...properties });
const policy = (statement: Readonly<Record<string, unknown>>) =>
  resource("AWS::IAM::Policy", { PolicyDocument: { Statement: [{ Effect: "Allow", Resource: "x", ...statement }] } });
it.each<[guard: string, planted: TemplateResource]>([
  ["public-bucket", bucket({ PublicAccessBlockConfiguration: { ...blocked, BlockPublicPolicy: false } })],
  ["public-bucket", bucket({ PublicAccessBlockConfiguration: undefined })],
  ["public-bucket", bucket({ AccessControl: "PublicRead" })],
  ["plain-bucket", bucket({ BucketEncryption: undefined })],
  ["key-rotation", resource("AWS::KMS::Key", {})],
  ["endless-logs", resource("AWS::Logs::LogGroup", {})],
  ["every-action", policy({ Action: "*" })],
  ["every-action", policy({ Action: ["s3:GetObject", "kafka-cluster:*"] })],
  [
    "every-action",
    resource("AWS::IAM::Role", { Policies: [{ PolicyDocument: { Statement: { Effect: "Allow", Action: "s3:*" } } }] }),
  ],
  [
    "every-principal",
    resource("AWS::S3::BucketPolicy", {
      PolicyDocument: { Statement: [{ Effect: "Allow", Action: "s3:GetObject", Principal: "*" }] },
    }),
  ],
  [
    "every-principal",
    resource("AWS::MSK::ClusterPolicy", {
      Policy: { Statement: [{ Effect: "Allow", Action: "kafka:CreateVpcConnection", Principal: { AWS: "*" } }] },
    }),
  ],
  ["lasting-credentials", resource("AWS::IAM::AccessKey", {})],
  ["slow-resource", resource("Custom::Waits", { ServiceTimeout: "3601" })],
  [
    "long-wait",
    resource("AWS::StepFunctions::StateMachine", {
      DefinitionString: '{"Retry":[{"IntervalSeconds":60,"MaxAttempts":60,"BackoffRate":1}]}',
    }),
  ],
])("storage, rights, deployment: %s is found where it is planted", (guard, planted) => {
  expect(found(planted)).toEqual([guard]);
});

it("a search domain may leave it to itself who signs in, where it does so and is inside of a network", () => {
  const statement = { Effect: "Allow", Action: "es:ESHttpGet", Principal: { AWS: "*" } };
  const domain = (properties: Readonly<Record<string, unknown>>) =>
    resource("AWS::OpenSearchService::Domain", { AccessPolicies: { Statement: [statement] }, ...properties });
  const signsIn = { AdvancedSecurityOptions: { Enabled: true } };
  expect(found(domain({ ...signsIn, VPCOptions: {} }))).toEqual([]);
  expect(found(domain(signsIn))).toEqual(["every-principal"]);
  expect(found(domain({ VPCOptions: {} }))).toEqual(["every-principal"]);
});
