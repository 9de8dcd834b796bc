import { Duration, Stack } from "aws-cdk-lib";
import { Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { Sizes } from "../../../domain/deployment/sizes.ts";
import type { Search } from "../search.ts";
import type { AlarmSpec } from "./alarm-spec.ts";

/** A metric of the domain. */
export function searchMetric(search: Search, name: string, statistic: string): Metric {
  return new Metric({
    namespace: "AWS/ES",
    metricName: name,
    dimensionsMap: { DomainName: search.domainName, ClientId: Stack.of(search).account },
    statistic,
    period: Duration.minutes(5),
  });
}

/**
 * What OpenSearch's own guide advises to be told of. A domain that is away delays nothing but searches (D5): the indexer waits.
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html
 */
export function searchAlarms(search: Search, { volumeGib, replicas }: Sizes["search"]): readonly AlarmSpec[] {
  const highest = (name: string) => searchMetric(search, name, Stats.MAXIMUM);
  return [
    {
      id: "SearchRed",
      meaning: "OpenSearch has lost the only copy of an index. Everything it holds can be indexed again from the log.",
      metric: highest("ClusterStatus.red"),
      threshold: 1,
      periods: 1,
    },
    ...(replicas === 0
      ? []
      : [
          {
            id: "SearchYellow",
            meaning: "OpenSearch has lacked copies for half an hour.",
            metric: highest("ClusterStatus.yellow"),
            threshold: 1,
            periods: 6,
          },
        ]),
    {
      id: "SearchDisk",
      meaning:
        "A node of OpenSearch has less than a quarter of its disk left: make search.volumeGib larger, or keep fewer days.",
      metric: searchMetric(search, "FreeStorageSpace", Stats.MINIMUM),
      threshold: (volumeGib * 1024) / 4,
      when: "below" as const,
      periods: 1,
    },
    {
      id: "SearchWritesBlocked",
      meaning: "OpenSearch takes no documents: its disk or its memory is full. The indexer waits.",
      metric: highest("ClusterIndexWritesBlocked"),
      threshold: 1,
      periods: 1,
    },
    {
      id: "SearchMemory",
      meaning: "OpenSearch's memory has been nearly full for a quarter of an hour: larger nodes, or fewer shards.",
      metric: highest("JVMMemoryPressure"),
      threshold: 95,
      periods: 3,
    },
    {
      id: "SearchKey",
      meaning:
        "OpenSearch cannot use its key: the domain will stop. Look at the key's policy, and whether it was disabled.",
      metric: highest("KMSKeyInaccessible"),
      threshold: 1,
      periods: 1,
    },
    {
      id: "SearchSnapshot",
      meaning: "The service's own snapshot of the domain failed.",
      metric: highest("AutomatedSnapshotFailure"),
      threshold: 1,
      periods: 1,
    },
  ];
}
