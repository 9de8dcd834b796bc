import { AccountPrincipal, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnClusterPolicy } from "aws-cdk-lib/aws-msk";
import { Construct } from "constructs";
import type { FeedCluster } from "./cluster.ts";

/** What a cluster's policy says. */
export interface FeedClusterPolicyProps {
  readonly cluster: FeedCluster;
  /** Customers' accounts, 12 digits each. */
  readonly accounts: readonly string[];
}

/**
 * Lets the customers' accounts, and no other, connect their networks to the cluster. It gives no right on a topic: those are the SCRAM users' ACLs.
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/mvpc-cluster-owner-action-policy.html
 */
export class FeedClusterPolicy extends Construct {
  constructor(scope: Construct, id: string, { cluster, accounts }: FeedClusterPolicyProps) {
    super(scope, id);
    if (accounts.length === 0) return;
    const policy = new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: "Customers",
          principals: accounts.map((account) => new AccountPrincipal(account)),
          actions: [
            "kafka:CreateVpcConnection",
            "kafka:GetBootstrapBrokers",
            "kafka:DescribeCluster",
            "kafka:DescribeClusterV2",
          ],
          resources: [cluster.clusterArn],
        }),
      ],
    });
    new CfnClusterPolicy(this, "Policy", { clusterArn: cluster.clusterArn, policy });
  }
}
