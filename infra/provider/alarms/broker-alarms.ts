import { Duration } from "aws-cdk-lib";
import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import type { AlarmSpec } from "./alarm-spec.ts";
import { brokerMetric, clusterMetric } from "./kafka-metrics.ts";

/**
 * Brokers' disks, processors and copies. Bounds are those that MSK's own guide advises.
 * @see https://docs.aws.amazon.com/msk/latest/developerguide/bestpractices.html
 */
export function brokerAlarms(clusterName: string, brokers: number): readonly AlarmSpec[] {
  const each = Array.from({ length: brokers }, (_, index) => index + 1);
  return [
    {
      id: "OfflinePartitions",
      meaning:
        "Some partitions have no leader: nobody can write or read them. MSK's console and the broker log say which broker is away.",
      metric: clusterMetric(clusterName, "OfflinePartitionsCount"),
      threshold: 1,
      periods: 1,
    },
    ...each.flatMap((broker) => [
      {
        id: `Broker${broker}Disk`,
        meaning: `Broker ${broker}'s disk is three quarters full: make brokers.volumeGib larger, or keep topics for a shorter time.`,
        metric: brokerMetric(clusterName, broker, "KafkaDataLogsDiskUsed"),
        threshold: 75,
        periods: 3,
      },
      {
        id: `Broker${broker}Processor`,
        meaning: `Broker ${broker} is more than 60 percent busy for a quarter of an hour: it could not take over another's work. Larger brokers, or more of them.`,
        metric: new MathExpression({
          expression: "user + system",
          usingMetrics: {
            user: brokerMetric(clusterName, broker, "CpuUser"),
            system: brokerMetric(clusterName, broker, "CpuSystem"),
          },
          label: `broker ${broker}, percent busy`,
          period: Duration.minutes(5),
        }),
        threshold: 60,
        periods: 3,
      },
      {
        id: `Broker${broker}Copies`,
        meaning: `Broker ${broker} leads partitions that have lacked a copy for an hour. In a rolling update that passes by itself.`,
        metric: brokerMetric(clusterName, broker, "UnderReplicatedPartitions"),
        threshold: 1,
        periods: 12,
      },
    ]),
  ];
}
