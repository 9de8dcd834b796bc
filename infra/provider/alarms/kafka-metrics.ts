import { Duration } from "aws-cdk-lib";
import { Metric, type MetricOptions, Stats } from "aws-cdk-lib/aws-cloudwatch";

const namespace = "AWS/Kafka";

/** A group's lag on one topic as MSK tells it, a minute each: `SumOffsetLag` in records, `EstimatedMaxTimeLag` in seconds. */
export function lagMetric(
  name: "SumOffsetLag" | "EstimatedMaxTimeLag",
  { clusterName, group, topic }: { readonly clusterName: string; readonly group: string; readonly topic: string },
): Metric {
  return new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { "Cluster Name": clusterName, "Consumer Group": group, Topic: topic },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(1),
    label: `${group} on ${topic}`,
  });
}

/** A metric of one broker; brokers are numbered from 1. */
export function brokerMetric(clusterName: string, broker: number, name: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { "Cluster Name": clusterName, "Broker ID": String(broker) },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(5),
    label: `broker ${broker}`,
    ...options,
  });
}

/** A metric of the cluster as a whole. */
export function clusterMetric(clusterName: string, name: string): Metric {
  return new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { "Cluster Name": clusterName },
    statistic: Stats.MAXIMUM,
    period: Duration.minutes(5),
  });
}
