import { Duration, Stack } from "aws-cdk-lib";
import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { Search } from "../search.ts";
import { brokerMetric, lagMetric } from "./kafka-metrics.ts";
import type { WatchedGroup } from "./lag-alarms.ts";
import { searchMetric } from "./search-alarms.ts";
import type { StageFigures } from "./stage-alarms.ts";

export interface OperationsDashboardProps {
  readonly alarms: readonly Alarm[];
  readonly figures: StageFigures;
  readonly groups: readonly WatchedGroup[];
  readonly clusterName: string;
  readonly brokers: number;
  readonly search: Search;
}

/** One page: what is wrong, the feed from end to end, who is behind, brokers, search. */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    super(scope, id);
    const { alarms, figures, groups, clusterName, brokers, search } = props;
    const each = Array.from({ length: brokers }, (_, index) => index + 1);
    const lags = groups.flatMap(({ group, topics }) =>
      topics.map((topic) => lagMetric("SumOffsetLag", { clusterName, group, topic })),
    );
    new Dashboard(this, "Dashboard", {
      dashboardName: Stack.of(this).stackName,
      defaultInterval: Duration.hours(8),
      widgets: [
        [new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: 24, height: 6 })],
        [
          graph("Records by minute", [figures.messages, figures.enriched, figures.documents]),
          graph("Watermark delay, ms", [figures.watermarkDelayMs]),
          graph("Gaps and dead letters", [figures.gaps, ...figures.deadLettered]),
        ],
        [
          graph("Groups' lag, records", lags),
          graph(
            "Brokers' disks, percent",
            each.map((broker) => brokerMetric(clusterName, broker, "KafkaDataLogsDiskUsed")),
          ),
          graph(
            "Into brokers, bytes a second",
            each.map((broker) => brokerMetric(clusterName, broker, "BytesInPerSec", { statistic: Stats.AVERAGE })),
          ),
        ],
        [
          graph("OpenSearch, free disk, MiB", [searchMetric(search, "FreeStorageSpace", Stats.MINIMUM)]),
          graph("OpenSearch, memory, percent", [searchMetric(search, "JVMMemoryPressure", Stats.MAXIMUM)]),
          graph("OpenSearch, processor, percent", [searchMetric(search, "CPUUtilization", Stats.AVERAGE)]),
        ],
      ],
    });
  }
}

function graph(title: string, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: [...left], width: 8, height: 6 });
}
