import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { ProviderDeployment } from "../../../runtime/deployment/deployment.ts";
import type { FeedCluster } from "../cluster.ts";
import type { ProviderKeys } from "../keys.ts";
import type { Search } from "../search.ts";
import type { Stages } from "../stages/stages.ts";
import { makeAlarm } from "./alarm-spec.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { brokerAlarms } from "./broker-alarms.ts";
import { MonthlyBudget } from "./budget.ts";
import { OperationsDashboard } from "./dashboard.ts";
import { lagAlarms, watchedGroups } from "./lag-alarms.ts";
import { searchAlarms } from "./search-alarms.ts";
import { feedAlarms, hostAlarms, stageFigures } from "./stage-alarms.ts";
import { StageMetrics } from "./stage-metrics.ts";

export interface MonitoringProps {
  readonly deployment: ProviderDeployment;
  readonly cluster: FeedCluster;
  readonly search: Search;
  readonly stages: Stages;
  readonly keys: ProviderKeys;
}

/** Who is told of what: alarms to one address, one dashboard, a budget. */
export class Monitoring extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deployment, cluster, search, stages, keys }: MonitoringProps) {
    super(scope, id);
    const { name, sizes, topicPrefix, entitlements, alarms: told } = deployment;
    const { clusterName } = cluster;
    this.topic = new AlarmTopic(this, "Topic", { email: told.email, key: keys.data }).topic;
    const hosts = stages.all().map(({ stage, host }) => {
      const metrics = new StageMetrics(this, `${stage}Metrics`, stage, host.logGroup);
      return { stage, host, metrics };
    });
    const metricsOf = (stage: string) => hosts.find((each) => each.stage === stage)?.metrics ?? null;
    const [producer, enricher, indexer] = [metricsOf("producer"), metricsOf("enricher"), metricsOf("indexer")];
    if (producer === null || enricher === null || indexer === null) throw new Error("A stage of the feed is missing.");
    const figures = stageFigures(producer, enricher, indexer, metricsOf("distributor"));
    const groups = watchedGroups(topicPrefix, entitlements);
    const specs = [
      ...feedAlarms(figures),
      ...lagAlarms(clusterName, groups),
      ...hosts.flatMap(({ stage, metrics, host }) => hostAlarms(stage, metrics, host)),
      ...brokerAlarms(clusterName, sizes.brokers.count),
      ...searchAlarms(search, sizes.search),
    ];
    const alarms = specs.map((spec) => makeAlarm(this, name, spec, this.topic));
    const brokers = sizes.brokers.count;
    new OperationsDashboard(this, "Dashboard", { alarms, figures, groups, clusterName, brokers, search });
    new MonthlyBudget(this, "Budget", { email: told.email, dollars: told.monthlyBudgetDollars });
  }
}
