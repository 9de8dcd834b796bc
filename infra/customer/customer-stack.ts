import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { CustomerDeployment } from "../../runtime/deployment/deployment.ts";
import { StageArtefact, type StageFiles } from "../artefacts/stage-artefact.ts";
import { FeedConnection } from "./feed-connection.ts";
import { FeedReader } from "./feed-reader.ts";

/** Everything of a customer's account: one stack, for whichever account deploys it, from the two names that the provider tells. */
export class CustomerStack extends Stack {
  /** @param files - where the machine's software is. @default what `stageFiles` makes */
  constructor(scope: Construct, { clusterArn, secretArn, region }: CustomerDeployment, files?: StageFiles) {
    super(scope, "bellwether-customer", {
      env: { region },
      description: "A market feed over PrivateLink, and a machine that reads it",
    });
    const feed = new FeedConnection(this, "Feed", { clusterArn, secretArn });
    const reader = new FeedReader(this, "Reader", { feed, artefact: new StageArtefact(this, "Software", files) });
    new CfnOutput(this, "BootstrapBrokers", {
      value: feed.bootstrapBrokers,
      description: "KAFKA_BROKERS of your own programs: SCRAM over PrivateLink",
    });
    new CfnOutput(this, "BootstrapParameter", {
      value: feed.bootstrapParameter.parameterName,
      description: "The same, as a parameter of Systems Manager",
    });
    new CfnOutput(this, "ReaderGroup", {
      value: reader.autoScalingGroupName,
      description: "The Auto Scaling group of the machine that reads the feed",
    });
  }
}
