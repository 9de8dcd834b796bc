import { expect, it } from "vitest";
import { profiles } from "../../domain/deployment/profiles.ts";
import { at, resourcesOf, type Template } from "../../infra/guards/template.ts";
import { exampleProvider, providerStack, templateOf, withBrokers, withEntitlements } from "../support/infra-app.ts";
import { replacements } from "../support/replacements.ts";

const before = templateOf(providerStack(exampleProvider()));

/** Resources of these types hold what cannot be made again. */
const stateful = [
  "AWS::MSK::Cluster",
  "AWS::MSK::Configuration",
  "AWS::MSK::Topic",
  "AWS::KMS::Key",
  "AWS::SecretsManager::Secret",
  "AWS::S3::Bucket",
  "AWS::EC2::Volume",
  "AWS::EC2::VPC",
  "AWS::EC2::Subnet",
  "AWS::OpenSearchService::Domain",
];

/** The properties that an update would change, by type and name. */
function changed(after: Template, type: string): readonly string[] {
  return resourcesOf(after, type).flatMap(({ logicalId, Properties = {} }) => {
    const old = before.Resources?.[logicalId]?.Properties ?? {};
    return Object.keys({ ...old, ...Properties }).filter(
      (name) => JSON.stringify(old[name]) !== JSON.stringify(Properties[name]),
    );
  });
}

it("the same file synthesises to the same template", () => {
  expect(templateOf(providerStack(exampleProvider()))).toEqual(before);
});

it("a customer who is added replaces nothing, and comes into the keys' and the cluster's policy and the entitlements", () => {
  const { entitlementsText } = exampleProvider();
  const gamma = '  gamma:\n    account: "555566667777"\n    products: [delayed-tech]\n    users: [gamma]\n';
  const after = templateOf(providerStack(withEntitlements(entitlementsText + gamma)));
  expect(replacements(before, after, stateful)).toEqual([]);
  expect(changed(after, "AWS::MSK::Cluster")).toEqual([]);
  expect(changed(after, "AWS::MSK::ClusterPolicy")).toEqual(["Policy"]);
  expect(changed(after, "AWS::KMS::Key")).toEqual(["KeyPolicy"]);
  expect(changed(after, "Custom::Entitlements")).toContain("document");
  expect(changed(after, "Custom::ConnectivityStart")).toEqual([]);
  expect(JSON.stringify(resourcesOf(after, "AWS::MSK::ClusterPolicy"))).toContain("555566667777");
});

it("two brokers more change the cluster's number of brokers, in place, and brokers are looked up anew", () => {
  const after = templateOf(providerStack(withBrokers({ count: 4 })));
  expect(replacements(before, after, stateful)).toEqual([]);
  expect(changed(after, "AWS::MSK::Cluster")).toEqual(["NumberOfBrokerNodes"]);
  expect(changed(after, "AWS::MSK::Topic")).toEqual([]);
  expect(changed(after, "Custom::BootstrapBrokers").length).toBeGreaterThan(0);
});

it("a raised version, larger disks or other broker types are changed in place", () => {
  const after = templateOf(
    providerStack(withBrokers({ kafkaVersion: "4.2.x.kraft", volumeGib: 100, instanceType: "kafka.m7g.xlarge" })),
  );
  expect(replacements(before, after, stateful)).toEqual([]);
  expect(changed(after, "AWS::MSK::Cluster").toSorted()).toEqual(["BrokerNodeGroupInfo", "KafkaVersion"]);
  expect(changed(after, "AWS::MSK::Configuration")).toEqual([]);
});

it("another setting of the brokers makes a revision, and the cluster takes it", () => {
  const after = templateOf(providerStack(withBrokers({ minInsyncReplicas: 2, replicationFactor: 2 })));
  expect(replacements(before, after, ["AWS::MSK::Cluster", "AWS::MSK::Configuration"])).toEqual([]);
  expect(changed(after, "AWS::MSK::Configuration")).toEqual(["ServerProperties"]);
});

it("what would replace the cluster is told by this comparison: another name, another number of zones", () => {
  const { sizes } = exampleProvider();
  const renamed = templateOf(providerStack(exampleProvider({ name: "other" })));
  expect(replacements(before, renamed, ["AWS::MSK::Cluster"])).toEqual(["Cluster3DA9CCBA: ClusterName"]);
  const zones = { ...sizes, network: { ...sizes.network, zones: 3 }, brokers: { ...sizes.brokers, count: 3 } };
  const wider = templateOf(providerStack(exampleProvider({ sizes: zones })));
  expect(replacements(before, wider, ["AWS::MSK::Cluster"])).toEqual([
    "Cluster3DA9CCBA: BrokerNodeGroupInfo.ClientSubnets",
  ]);
});

it("a stage that is scaled, or a log that is kept for longer, touches nothing that holds data", () => {
  const { sizes } = exampleProvider();
  const enricher = { ...profiles.prod.stages.enricher };
  const changes = { ...sizes, logs: { days: 90 }, stages: { ...sizes.stages, enricher } };
  const after = templateOf(providerStack(exampleProvider({ sizes: changes })));
  expect(replacements(before, after, stateful)).toEqual([]);
  expect(at(after.Resources, "Cluster3DA9CCBA")).toEqual(at(before.Resources, "Cluster3DA9CCBA"));
});
