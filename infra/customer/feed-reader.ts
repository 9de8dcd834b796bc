import { Construct } from "constructs";
import { customerParts } from "../../domain/deployment-cost/customer-cost.ts";
import type { StageArtefact } from "../artefacts/stage-artefact.ts";
import { acknowledge } from "../guards/acknowledge.ts";
import { StageHost } from "../provider/stages/stage-host.ts";
import type { FeedConnection } from "./feed-connection.ts";

interface FeedReaderProps {
  readonly feed: FeedConnection;
  readonly artefact: StageArtefact;
}

/**
 * A machine that runs `bellwether consume`: in a group of its own, so that it goes on where the machine before it has left off. It reaches the
 * brokers' ports, and by HTTPS the services of AWS; nothing reaches it but Session Manager. What it reads is in its journal
 * (`journalctl -u bellwether -o cat`), how much that was in its log. The deployment is through when it has signed in.
 */
export class FeedReader extends Construct {
  readonly autoScalingGroupName: string;

  constructor(scope: Construct, id: string, { feed, artefact }: FeedReaderProps) {
    super(scope, id);
    const host = new StageHost(this, "Host", {
      stage: "reader",
      command: "consume --format json --group reader",
      vpc: feed.vpc,
      subnets: { subnets: [...feed.subnets] },
      // The cheapest way to the services of AWS: see OwnNetwork.
      hasPublicAddress: true,
      instanceType: customerParts.instanceType,
      instances: { min: 1, max: 1 },
      environment: feed.environment,
      statements: feed.secretStatements(),
      artefact,
      output: "journal",
      logDays: 30,
    });
    acknowledge(
      host.role,
      `AwsSolutions-IAM5[Resource::${feed.keysArn}]`,
      "The two names that a provider tells do not say which key it is: the encryption context binds the right to the one secret.",
    );
    feed.connections.allowDefaultPortFrom(host.securityGroup, "The feed's brokers");
    // A machine that starts before its brokers are there would be replaced for nothing.
    host.autoScalingGroup.node.addDependency(feed.bootstrapParameter);
    this.autoScalingGroupName = host.autoScalingGroup.autoScalingGroupName;
  }
}
