import { expect, it } from "vitest";
import { profiles } from "../../domain/deployment/profiles.ts";
import { CustomerStack } from "../../infra/customer/customer-stack.ts";
import { at, listOf, resourcesOf, type Template } from "../../infra/guards/template.ts";
import { exampleCustomer, exampleProvider, providerStack, templateOf, testApp } from "../support/infra-app.ts";
import { emptyStageFiles } from "../support/stage-files.ts";

const dev = templateOf(providerStack(exampleProvider()));
const prod = templateOf(providerStack(exampleProvider({ profile: "prod", sizes: profiles.prod })));

/** None of these can be deleted while something uses it. */
const held = [
  "AWS::EC2::SecurityGroup",
  "AWS::EC2::Subnet",
  "AWS::EC2::VPC",
  "AWS::MSK::Configuration",
  "AWS::KMS::Key",
];

/** The resources that a part of a template names. */
function namedIn(part: unknown, template: Template): readonly string[] {
  const text = JSON.stringify(part) ?? "";
  const names = [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([A-Za-z0-9]+)"/g)].map(([, name = ""]) => name);
  return names.filter((name) => name in (template.Resources ?? {}));
}

/** All that must be there before a resource is made, and is there until it has gone. */
function neededBy(logicalId: string, template: Template, known = new Set<string>()): ReadonlySet<string> {
  const resource = template.Resources?.[logicalId];
  const named = [...namedIn(resource?.Properties, template), ...listOf(at(resource, "DependsOn")).map(String)];
  for (const each of named.filter((name) => !known.has(name))) {
    known.add(each);
    neededBy(each, template, known);
  }
  return known;
}

it.each([
  ["dev", dev],
  ["prod", prod],
])("%s: what stays when the stack goes uses nothing that would have to go", (_, template) => {
  const stays = (logicalId: string) => template.Resources?.[logicalId]?.DeletionPolicy?.startsWith("Retain") === true;
  const retained = Object.entries(template.Resources ?? {}).filter(([logicalId]) => stays(logicalId));
  expect(retained.length).toBeGreaterThan(5);
  const faults = retained.flatMap(([logicalId, { Properties }]) =>
    namedIn(Properties, template)
      .filter((name) => held.includes(template.Resources?.[name]?.Type ?? "") && !stays(name))
      .map((name) => `${logicalId} stays and holds on to ${name}`),
  );
  expect(faults).toEqual([]);
});

it("nothing that stays is left behind by a first deployment that fails", () => {
  const kept = Object.entries(prod.Resources ?? {}).filter(([, { DeletionPolicy }]) => DeletionPolicy === "Retain");
  expect(kept.map(([logicalId, { Type }]) => `${logicalId} ${Type}`)).toEqual([]);
});

it.each(["Custom::Entitlements", "Custom::SearchSetup"])(
  "%s has its way to AWS's services before it is made and until it has gone",
  (type) => {
    const [resource] = resourcesOf(dev, type);
    const needed = neededBy(resource?.logicalId ?? "", dev);
    const endpoints = resourcesOf(dev, "AWS::EC2::VPCEndpoint").filter(
      ({ Properties }) => Properties?.["VpcEndpointType"] === "Interface",
    );
    expect(endpoints).toHaveLength(2);
    for (const { logicalId } of endpoints) expect([...needed]).toContain(logicalId);
  },
);

it("what applies the entitlements may do all that its code asks of MSK", () => {
  const policies = resourcesOf(dev, "AWS::IAM::Policy").filter(({ logicalId }) =>
    logicalId.startsWith("EntitlementsProviderIsComplete"),
  );
  const text = JSON.stringify(policies.map(({ Properties }) => Properties));
  const actions = ["GetBootstrapBrokers", "BatchAssociateScramSecret", "BatchDisassociateScramSecret"];
  for (const action of [...actions, "ListScramSecrets", "DescribeClusterV2"])
    expect(text).toContain(`"kafka:${action}"`);
});

it.each([
  ["the provider's", dev],
  ["a customer's", templateOf(new CustomerStack(testApp(), exampleCustomer(), emptyStageFiles()))],
])("%s machines start after their network has its way out, and go before it", (_, template) => {
  const machines = resourcesOf(template, "AWS::AutoScaling::AutoScalingGroup");
  expect(machines.length).toBeGreaterThan(0);
  for (const { logicalId } of machines) {
    const types = [...neededBy(logicalId, template)].map((name) => template.Resources?.[name]?.Type);
    expect(types).toContain("AWS::EC2::Route");
    expect(types).toContain("AWS::EC2::VPCGatewayAttachment");
  }
});

it("the right to ask for customers' secrets is there long before it is used, and not a second", () => {
  const [entitlements] = resourcesOf(dev, "Custom::Entitlements");
  const lookUps = resourcesOf(dev, "Custom::CustomerSecret");
  expect(lookUps).toHaveLength(3);
  for (const { logicalId } of lookUps) {
    const needed = neededBy(logicalId, dev);
    expect([...needed]).toContain(entitlements?.logicalId);
    const policies = [...needed].filter((name) => name.startsWith("CustomerSecrets") && name.includes("Policy"));
    expect(policies).toHaveLength(1);
    for (const policy of policies) expect([...neededBy(policy, dev)]).not.toContain(entitlements?.logicalId);
  }
});
