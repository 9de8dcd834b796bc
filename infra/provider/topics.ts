import { RemovalPolicy } from "aws-cdk-lib";
import { CfnTopic } from "aws-cdk-lib/aws-msk";
import { Construct } from "constructs";
import { defaultPartitions, topicConfigs, topicNames } from "../../domain/topics.ts";
import { capitalised } from "./capitalised.ts";
import type { FeedCluster } from "./cluster.ts";

/** What the pipeline's topics are made of. */
export interface PipelineTopicsProps {
  readonly cluster: FeedCluster;
  readonly prefix: string;
  readonly replicationFactor: number;
}

/**
 * The pipeline's own topics, with the settings that `bellwether up` gives them too. None is deleted by an update or with the stack: its records go
 * with the cluster, or by their own age. Products' topics are made by the entitlements.
 */
export class PipelineTopics extends Construct {
  constructor(scope: Construct, id: string, { cluster, prefix, replicationFactor }: PipelineTopicsProps) {
    super(scope, id);
    const ids = Object.entries(topicNames(prefix));
    for (const { topic, configs } of topicConfigs(topicNames(prefix))) {
      const key = ids.find(([, name]) => name === topic)?.[0] ?? topic;
      const resource = new CfnTopic(this, capitalised(key), {
        clusterArn: cluster.clusterArn,
        topicName: topic,
        partitionCount: defaultPartitions,
        replicationFactor,
        configs: Buffer.from(JSON.stringify(configs)).toString("base64"),
      });
      resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
  }
}
