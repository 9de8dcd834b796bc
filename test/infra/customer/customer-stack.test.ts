import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { CustomerStack } from "../../../infra/customer/customer-stack.ts";
import { guardFindings } from "../../../infra/guards/guards.ts";
import { exampleCustomer, testApp } from "../../support/infra-app.ts";
import { emptyStageFiles } from "../../support/stage-files.ts";

const deployment = exampleCustomer();
const stack = new CustomerStack(testApp(), deployment, emptyStageFiles());
const template = Template.fromStack(stack);
const [, , , , provider] = deployment.clusterArn.split(":");
const text = JSON.stringify(template.toJSON());

interface Rule {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
}

const only = (type: string) => {
  const found = Object.entries(template.findResources(type));
  expect(found).toHaveLength(1);
  const [id, resource] = found[0] ?? ["", {}];
  return { id, properties: resource["Properties"] as Record<string, unknown> };
};
const zones = only("Custom::FeedZones");

describe("a customer's stack", () => {
  it("is of the cluster's region and of no account, and asks nothing of whoever deploys it", () => {
    expect(stack.region).toBe("us-east-1");
    expect(stack.account).toMatch(/Token/);
    expect(text).not.toContain("us-east-1a");
    const parameters = Object.values(template.toJSON()["Parameters"] as Record<string, { Type: string }>);
    expect(parameters.map(({ Type }) => Type).sort()).toEqual([
      "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
      "AWS::SSM::Parameter::Value<String>",
    ]);
  });

  it("is told nothing but the two ARNs", () => {
    const told = new Set(text.match(/arn:aws:[a-z]+:us-east-1:\d{12}:[^"\\]*/g));
    const key = `arn:aws:kms:us-east-1:${provider}:key/*`;
    expect([...told].sort()).toEqual([deployment.clusterArn, key, deployment.secretArn].sort());
  });

  it("stands in the brokers' zones by their ids, which a handler asks of the cluster", () => {
    expect(zones.properties).toMatchObject({ clusterArn: deployment.clusterArn });
    const subnets = Object.values(template.findResources("AWS::EC2::Subnet")).map(({ Properties }) => Properties);
    expect(subnets.map(({ AvailabilityZoneId }) => AvailabilityZoneId)).toEqual(
      [1, 2, 3].map((number) => ({ "Fn::GetAtt": [zones.id, `zoneId${number}`] })),
    );
    for (const subnet of subnets) expect(subnet).not.toHaveProperty("AvailabilityZone");
  });

  it("connects from one subnet for each zone, however many there are", () => {
    const picked = only("Custom::ClientSubnets");
    expect(picked.properties["subnetIds"]).toHaveLength(3);
    const group = Object.keys(
      template.findResources("AWS::EC2::SecurityGroup", {
        Properties: { GroupDescription: Match.stringLikeRegexp("feed") },
      }),
    );
    template.hasResourceProperties("AWS::MSK::VpcConnection", {
      Authentication: "SASL_SCRAM",
      TargetClusterArn: deployment.clusterArn,
      ClientSubnets: { "Fn::GetAtt": [picked.id, "subnetIds"] },
      SecurityGroups: group.map((id) => ({ "Fn::GetAtt": [id, "GroupId"] })),
    });
  });

  it("lets nothing in but the reader at the brokers' ports, and nothing out but there and by HTTPS", () => {
    template.allResourcesProperties(
      "AWS::EC2::SecurityGroup",
      Match.not(Match.objectLike({ SecurityGroupIngress: Match.anyValue() })),
    );
    const ingress = only("AWS::EC2::SecurityGroupIngress").properties as unknown as Rule;
    expect(ingress).toMatchObject({ IpProtocol: "tcp", FromPort: 14001, ToPort: 14100 });
    expect(ingress).not.toHaveProperty("CidrIp");
    const egress = only("AWS::EC2::SecurityGroupEgress").properties as unknown as Rule;
    expect(egress).toMatchObject({ IpProtocol: "tcp", FromPort: 14001, ToPort: 14100 });
    const groups = Object.values(template.findResources("AWS::EC2::SecurityGroup")).map(({ Properties }) => Properties);
    const ways = groups.flatMap(({ SecurityGroupEgress }) => (SecurityGroupEgress ?? []) as Rule[]);
    const open = ways.filter(({ CidrIp }) => CidrIp === "0.0.0.0/0");
    expect(open).toEqual([expect.objectContaining({ IpProtocol: "tcp", FromPort: 443, ToPort: 443 })]);
  });

  it("may read its one secret, and have it decrypted by Secrets Manager alone", () => {
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectEquals({
            Sid: "ReadOwnSecret",
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: deployment.secretArn,
          }),
          Match.objectEquals({
            Sid: "DecryptOwnSecret",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: `arn:aws:kms:us-east-1:${provider}:key/*`,
            Condition: {
              StringEquals: {
                "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": deployment.secretArn,
              },
            },
          }),
        ]),
      },
    });
  });

  it("reads the feed on a Graviton machine that has no key, IMDSv2 only and an encrypted disk", () => {
    template.hasResourceProperties("AWS::EC2::LaunchTemplate", {
      LaunchTemplateData: Match.objectLike({
        InstanceType: "t4g.micro",
        KeyName: Match.absent(),
        MetadataOptions: Match.objectLike({ HttpTokens: "required" }),
        BlockDeviceMappings: [Match.objectLike({ Ebs: Match.objectLike({ Encrypted: true, VolumeSize: 8 }) })],
      }),
    });
    expect(text).toMatch(/bellwether\.mjs consume --format json --group reader/);
    // What it reads stays on the machine, in a journal that keeps so much and no more.
    expect(text).toContain("StandardOutput=journal");
    expect(text).toContain("KAFKA_SECRET_ID");
  });

  it("tells the brokers in an output and in a parameter, once they can be reached", () => {
    const brokers = { "Fn::GetAtt": [zones.id, "bootstrapBrokers"] };
    template.hasOutput("BootstrapBrokers", { Value: brokers });
    const connection = only("AWS::MSK::VpcConnection").id;
    template.hasResource("AWS::SSM::Parameter", {
      Properties: { Type: "String", Value: brokers },
      DependsOn: Match.arrayWith([connection]),
    });
  });

  it("passes our own guards", () => {
    expect(guardFindings(template.toJSON())).toEqual([]);
  });

  it("has no NAT gateway, and no interface endpoint", () => {
    template.resourceCountIs("AWS::EC2::NatGateway", 0);
    template.resourcePropertiesCountIs("AWS::EC2::VPCEndpoint", { VpcEndpointType: "Interface" }, 0);
    template.resourcePropertiesCountIs("AWS::EC2::VPCEndpoint", { VpcEndpointType: "Gateway" }, 1);
  });
});
