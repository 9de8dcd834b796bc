import { CfnOutput, Fn, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { desiredState } from "../../domain/entitlements/desired-state.ts";
import type { ProviderDeployment } from "../../runtime/deployment/deployment.ts";
import { StageArtefact, type StageFiles } from "../artefacts/stage-artefact.ts";
import { Monitoring } from "./alarms/monitoring.ts";
import { AlpacaSecret } from "./alpaca-secret.ts";
import { FeedCluster } from "./cluster.ts";
import { FeedClusterPolicy } from "./cluster-policy.ts";
import { ConnectivitySwitch } from "./connectivity.ts";
import { CustomerSecrets } from "./customer-secret.ts";
import { EntitlementsResource } from "./entitlements.ts";
import { ProviderKeys } from "./keys.ts";
import { ProviderNetwork } from "./network.ts";
import { Search } from "./search.ts";
import { SearchSetup } from "./search-setup.ts";
import { searchSetupSettings } from "./stages/stage-environment.ts";
import { Stages } from "./stages/stages.ts";
import { PipelineTopics } from "./topics.ts";

/** Everything of the provider's account: one stack, one deployment. */
export class ProviderStack extends Stack {
  readonly deployment: ProviderDeployment;

  /** @param files - where the machines' software is. @default what `stageFiles` makes */
  constructor(scope: Construct, deployment: ProviderDeployment, files?: StageFiles) {
    const { account, region, name, sizes, topicPrefix: prefix, entitlementsText } = deployment;
    const isRetained = sizes.brokers.onRemoval === "retain";
    super(scope, name, {
      env: { account, region },
      stackName: name,
      description: "Bellwether: the provider's account",
      terminationProtection: isRetained,
    });
    this.deployment = deployment;
    const { brokers, logs } = sizes;
    const { grants, users } = desiredState(deployment.entitlements, prefix);
    const keys = new ProviderKeys(this, "Keys", grants);
    const network = new ProviderNetwork(this, "Network", {
      network: sizes.network,
      logDays: logs.days,
      keys,
      isRetained,
    });
    const cluster = new FeedCluster(this, "Cluster", { name, brokers, network, keys });
    const alpaca = new AlpacaSecret(this, "Alpaca", { name, keys });

    // MSK does one thing at a time, and locks out whoever has no rights when multi-VPC connectivity comes: the order is the design.
    const { replicationFactor } = brokers;
    const topics = new PipelineTopics(this, "Topics", { cluster, prefix, replicationFactor });
    const search = new Search(this, "Search", {
      ...{ name, search: sizes.search, zones: sizes.network.zones, logDays: logs.days, network, keys, isRetained },
    });
    const entitlements = new EntitlementsResource(this, "Entitlements", {
      ...{ cluster, search, network, keys, prefix },
      document: entitlementsText,
    });
    entitlements.node.addDependency(topics);
    const connectivity = new ConnectivitySwitch(this, "Connectivity", { cluster });
    connectivity.node.addDependency(entitlements);
    const policy = new FeedClusterPolicy(this, "ClusterPolicy", {
      cluster,
      accounts: grants.map((each) => each.account),
    });
    policy.node.addDependency(connectivity);

    const settings = searchSetupSettings(prefix, sizes.search);
    const { passwordsRevision } = sizes.search;
    const setup = new SearchSetup(this, "SearchSetup", { search, network, keys, settings, passwordsRevision });
    // Both write roles and users: of two at a time the domain's security plugin may refuse one.
    setup.node.addDependency(entitlements);
    const artefact = new StageArtefact(this, "Software", files);
    const wired = { deployment, artefact, network, cluster, search, keys, alpacaSecret: alpaca.secret };
    const stages = new Stages(this, "Stages", wired);
    // A stage that starts before its topics, or what it may write, would end at once, and the deployment with it.
    stages.node.addDependency(topics, entitlements);
    stages.indexer.node.addDependency(setup);
    new Monitoring(this, "Monitoring", { deployment, cluster, search, stages, keys });

    new CfnOutput(this, "ClusterArn", { value: cluster.clusterArn, description: "For every customer: clusterArn" });
    new CustomerSecrets(this, "CustomerSecrets", users, entitlements);
    new CfnOutput(this, "PutAlpacaKeys", {
      value: alpaca.valueCommand,
      description: "Once, after the first deployment",
    });
    new CfnOutput(this, "RotatePassword", {
      value: entitlements.rotateCommand,
      description: 'A new password for a user; later the same with "finish":true',
    });
  }

  /** The first zones that the account has in its region: known when it is deployed, so that nothing is looked up before. */
  override get availabilityZones(): string[] {
    return Array.from({ length: this.deployment.sizes.network.zones }, (_, index) => Fn.select(index, Fn.getAzs()));
  }
}
