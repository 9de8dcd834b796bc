import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { profiles } from "../../domain/deployment/profiles.ts";
import type { CostLine } from "../../domain/deployment-cost/cost-line.ts";
import { customerCost, customerParts } from "../../domain/deployment-cost/customer-cost.ts";
import { providerCost } from "../../domain/deployment-cost/provider-cost.ts";
import { providerParts } from "../../domain/deployment-cost/provider-parts.ts";
import { CustomerStack } from "../../infra/customer/customer-stack.ts";
import { ProviderStack } from "../../infra/provider/provider-stack.ts";
import type { ProviderDeployment } from "../../runtime/deployment/deployment.ts";
import { exampleCustomer, exampleProvider, testApp } from "../support/infra-app.ts";
import { emptyStageFiles } from "../support/stage-files.ts";

interface Alarm {
  readonly Metrics?: readonly { readonly MetricStat?: unknown }[];
}

const properties = <Shape>(template: Template, type: string): Shape[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties as Shape);
const quantity = (lines: readonly CostLine[], item: RegExp) =>
  lines.filter((line) => item.test(line.item)).reduce((sum, line) => sum + line.quantity, 0);

/** What the template has of everything that the table counts. */
function countsOf(template: Template, { users }: { readonly users: number }) {
  const groups = properties<{ MinSize: string; LaunchTemplate: { LaunchTemplateId: { Ref: string } } }>(
    template,
    "AWS::AutoScaling::AutoScalingGroup",
  );
  const machines = groups.map(({ MinSize, LaunchTemplate }) => {
    const found = template.findResources("AWS::EC2::LaunchTemplate")[LaunchTemplate.LaunchTemplateId.Ref];
    const data = found?.["Properties"].LaunchTemplateData;
    const isPublic = data.NetworkInterfaces?.[0]?.AssociatePublicIpAddress === true;
    return {
      count: Number(MinSize),
      isPublic,
      type: String(data.InstanceType),
      gib: data.BlockDeviceMappings[0].Ebs.VolumeSize,
    };
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
  const volumes = properties<{ Size: number }>(template, "AWS::EC2::Volume");
  const endpoints = properties<{ VpcEndpointType: string; SubnetIds?: unknown[] }>(template, "AWS::EC2::VPCEndpoint");
  return {
    machines: machines.map(({ count, type }) => `${count} ${type}`).sort(),
    gib: sum(machines.map(({ count, gib }) => count * gib)) + sum(volumes.map(({ Size }) => Size)),
    addresses: sum(machines.map(({ count, isPublic }) => (isPublic ? count : 0))),
    endpoints: sum(endpoints.map(({ SubnetIds = [] }) => SubnetIds.length)),
    keys: properties(template, "AWS::KMS::Key").length,
    secrets: properties(template, "AWS::SecretsManager::Secret").length + users * providerParts.secretsOfUser,
    alarmMetrics: sum(
      properties<Alarm>(template, "AWS::CloudWatch::Alarm").map(
        ({ Metrics }) => Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1,
      ),
    ),
    dashboards: properties(template, "AWS::CloudWatch::Dashboard").length,
    filters: properties(template, "AWS::Logs::MetricFilter").length,
    natGateways: properties(template, "AWS::EC2::NatGateway").length,
  };
}

const usersOf = ({ entitlements }: ProviderDeployment) => entitlements.customers.flatMap(({ users }) => users).length;

describe("what the cost table counts is what the templates have", () => {
  it.each(["dev", "prod"] as const)("provider, %s", (profile) => {
    const deployment = exampleProvider({ profile, sizes: profiles[profile] });
    const template = Template.fromStack(new ProviderStack(testApp(), deployment, emptyStageFiles()));
    const lines = providerCost(deployment);
    const stages = lines.filter(({ group, item }) => group === "Stages" && /^\w+ \w+\.\w+$/.test(item));
    expect(countsOf(template, { users: usersOf(deployment) })).toEqual({
      machines: stages.map(({ item, quantity: count }) => `${count} ${item.split(" ")[1]}`).sort(),
      gib: quantity(lines, /^disks/),
      addresses: quantity(lines, /^public addresses/),
      endpoints: quantity(lines, /^interface endpoints/),
      keys: quantity(lines, /^customer-managed keys/),
      secrets: quantity(lines, /^secrets/),
      alarmMetrics: quantity(lines, /^alarms/),
      dashboards: 1,
      filters: quantity(lines, /^metrics of the stages/),
      natGateways: 0,
    });
    template.hasResourceProperties("AWS::MSK::Cluster", {
      NumberOfBrokerNodes: quantity(lines, /^brokers/),
      EnhancedMonitoring: "PER_TOPIC_PER_BROKER",
    });
  });

  it("MSK's paid metrics, by the level that the file asks for", () => {
    const deployment = exampleProvider();
    const { sizes } = deployment;
    const linesAt = (monitoring: typeof sizes.brokers.monitoring) =>
      providerCost({ ...deployment, sizes: { ...sizes, brokers: { ...sizes.brokers, monitoring } } });
    const metrics = (["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER"] as const).map((level) =>
      quantity(linesAt(level), /^metrics by broker/),
    );
    expect(metrics).toEqual([0, 2 * 52, 2 * (52 + 3 * 9)]);
  });

  it("customer", () => {
    const template = Template.fromStack(new CustomerStack(testApp(), exampleCustomer(), emptyStageFiles()));
    expect(countsOf(template, { users: 0 })).toMatchObject({
      machines: [`1 ${customerParts.instanceType}`],
      gib: quantity(customerCost(3), /^disk/),
      addresses: 1,
      endpoints: 0,
      keys: 0,
      secrets: 0,
      alarmMetrics: 0,
      natGateways: 0,
    });
  });
});
