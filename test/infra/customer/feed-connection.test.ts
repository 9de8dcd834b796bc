import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { describe, expect, it } from "vitest";
import { FeedConnection } from "../../../infra/customer/feed-connection.ts";
import { exampleCustomer, testApp } from "../../support/infra-app.ts";

const { clusterArn, secretArn } = exampleCustomer();
const stackIn = (region: string) => new Stack(testApp(), "Own", { env: { region } });

describe("FeedConnection in an app of the customer's own", () => {
  it("makes its subnets in a VPC that is given, and no other VPC", () => {
    const stack = stackIn("us-east-1");
    const vpc = Vpc.fromVpcAttributes(stack, "Vpc", { vpcId: "vpc-12345678", availabilityZones: ["us-east-1a"] });
    const cidrBlocks = ["10.9.0.0/28", "10.9.0.16/28", "10.9.0.32/28"] as const;
    new FeedConnection(stack, "Feed", { clusterArn, secretArn, network: { vpc, cidrBlocks } });
    const template = Template.fromStack(stack);
    template.resourceCountIs("AWS::EC2::VPC", 0);
    template.resourceCountIs("AWS::EC2::InternetGateway", 0);
    for (const CidrBlock of cidrBlocks) {
      template.hasResourceProperties("AWS::EC2::Subnet", { CidrBlock, VpcId: "vpc-12345678" });
    }
    template.hasResourceProperties("AWS::MSK::VpcConnection", { VpcId: "vpc-12345678" });
  });

  it("lets nobody in until it is said who, and then at the brokers' ports alone", () => {
    const stack = stackIn("us-east-1");
    const feed = new FeedConnection(stack, "Feed", { clusterArn, secretArn });
    Template.fromStack(stack).resourceCountIs("AWS::EC2::SecurityGroupIngress", 0);
    const other = stackIn("us-east-1");
    const again = new FeedConnection(other, "Feed", { clusterArn, secretArn });
    again.connections.allowDefaultPortFrom(
      new SecurityGroup(other, "Mine", { vpc: again.vpc, allowAllOutbound: false }),
    );
    Template.fromStack(other).hasResourceProperties("AWS::EC2::SecurityGroupIngress", {
      FromPort: 14001,
      ToPort: 14100,
    });
    expect(feed.environment).toMatchObject({ KAFKA_SECRET_ID: secretArn, AWS_REGION: "us-east-1" });
  });

  it("gives a role of the customer's the right to the one secret", () => {
    const stack = stackIn("us-east-1");
    const role = new Role(stack, "Mine", { assumedBy: new ServicePrincipal("ecs-tasks.amazonaws.com") });
    new FeedConnection(stack, "Feed", { clusterArn, secretArn }).grantRead(role);
    Template.fromStack(stack).hasResourceProperties("AWS::IAM::Policy", {
      Roles: [{ Ref: stack.getLogicalId(role.node.defaultChild as never) }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: "secretsmanager:GetSecretValue", Resource: secretArn }),
          Match.objectLike({ Action: "kms:Decrypt", Condition: Match.anyValue() }),
        ],
      },
    });
  });

  it("two feeds can stand in one stack", () => {
    const stack = stackIn("us-east-1");
    new FeedConnection(stack, "Prices", { clusterArn, secretArn });
    new FeedConnection(stack, "Bars", { clusterArn, secretArn });
    Template.fromStack(stack).resourceCountIs("AWS::MSK::VpcConnection", 2);
  });

  it("refuses a stack of another region, and ARNs of two providers", () => {
    expect(() => new FeedConnection(stackIn("eu-west-1"), "Feed", { clusterArn, secretArn })).toThrow(
      /feed is in us-east-1, and the stack in eu-west-1/,
    );
    const foreign = secretArn.replace(/\d{12}/, "999900001111");
    expect(() => new FeedConnection(stackIn("us-east-1"), "Feed", { clusterArn, secretArn: foreign })).toThrow(
      /one account and region/,
    );
  });
});
