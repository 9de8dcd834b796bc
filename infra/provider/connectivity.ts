import { CustomResource, Duration } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { handlerRevision } from "../artefacts/bundle-handler.ts";
import { HandlerProvider } from "../artefacts/handler-provider.ts";
import { acknowledgeWildcards } from "../guards/acknowledge.ts";
import type { ConnectivityStartProperties, ConnectivityWaitProperties } from "../handlers/properties.ts";
import type { FeedCluster } from "./cluster.ts";

/** CloudFormation gives a custom resource an hour at most; the framework's own time ends before, so that its answer still counts. */
const stepTimeout = Duration.minutes(55);
const resourceTimeout = Duration.minutes(59);

/**
 * Switches multi-VPC connectivity with SCRAM on, once the cluster is there: no cluster can be created with it. Brokers restart one by one, 30 to 75
 * minutes in all, which is more than a custom resource has: one starts it, and two wait, the second for what the first has not seen the end of.
 * Where it is on already, all three are done at once.
 */
export class ConnectivitySwitch extends Construct {
  constructor(scope: Construct, id: string, { cluster }: { readonly cluster: FeedCluster }) {
    super(scope, id);
    const { clusterArn } = cluster;
    const starter = new HandlerProvider(this, "Starter", {
      handler: "connectivity-start",
      description: "Switches multi-VPC connectivity on",
      statements: [...looks(clusterArn), ...starts(clusterArn)],
      waits: { queryInterval: Duration.seconds(30), totalTimeout: stepTimeout },
    });
    const waiter = new HandlerProvider(this, "Waiter", {
      handler: "connectivity-wait",
      description: "Waits for multi-VPC connectivity",
      statements: looks(clusterArn),
      waits: { queryInterval: Duration.minutes(1), totalTimeout: stepTimeout },
    });
    acknowledgeWildcards(
      this,
      [...looks(clusterArn), ...starts(clusterArn)],
      "These descriptions take no resource: MSK and EC2 say so.",
    );
    const startProperties: ConnectivityStartProperties = { clusterArn };
    const start = new CustomResource(this, "Start", {
      resourceType: "Custom::ConnectivityStart",
      serviceToken: starter.serviceToken,
      serviceTimeout: resourceTimeout,
      properties: { ...startProperties, revision: handlerRevision("connectivity-start") },
    });
    const wait = (name: string, handsOn: "true" | "false"): CustomResource => {
      const properties: ConnectivityWaitProperties = {
        clusterArn,
        operation: start.getAttString("operation"),
        handsOn,
      };
      return new CustomResource(this, name, {
        resourceType: "Custom::ConnectivityWait",
        serviceToken: waiter.serviceToken,
        serviceTimeout: resourceTimeout,
        properties,
      });
    };
    const first = wait("FirstHour", "true");
    wait("SecondHour", "false").node.addDependency(first);
  }
}

function looks(clusterArn: string): readonly PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ["kafka:DescribeClusterV2", "kafka:DescribeCluster"], resources: [clusterArn] }),
    new PolicyStatement({
      actions: ["kafka:DescribeClusterOperation", "kafka:DescribeClusterOperationV2"],
      resources: ["*"],
    }),
  ];
}

function starts(clusterArn: string): readonly PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ["kafka:UpdateConnectivity"], resources: [clusterArn] }),
    // MSK looks at the subnets in the caller's name.
    new PolicyStatement({ actions: ["ec2:DescribeRouteTables", "ec2:DescribeSubnets"], resources: ["*"] }),
  ];
}
