import { Duration } from "aws-cdk-lib";
import { AdjustmentType, type AutoScalingGroup, MetricAggregationType } from "aws-cdk-lib/aws-autoscaling";
import type { IMetric } from "aws-cdk-lib/aws-cloudwatch";

/** Records behind: a machine folds some ten thousand in a second, so that these are seconds, tens of seconds, and minutes. */
const steps = { calm: 20_000, behind: 200_000, farBehind: 2_000_000 };

/**
 * One machine more while the group is behind, two while it is far behind; one less when it has been calm for a quarter of an hour. Steps, and not a
 * target: what waits does not fall in proportion to the machines, and each change deals the partitions anew.
 * @param lag - records that wait, of the whole group
 */
export function scaleOnLag(group: AutoScalingGroup, lag: IMetric): void {
  group.scaleOnMetric("Behind", {
    metric: lag,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    metricAggregationType: MetricAggregationType.MAXIMUM,
    evaluationPeriods: 3,
    estimatedInstanceWarmup: Duration.minutes(4),
    scalingSteps: [
      { lower: steps.behind, upper: steps.farBehind, change: 1 },
      { lower: steps.farBehind, change: 2 },
    ],
  });
  group.scaleOnMetric("Calm", {
    metric: lag,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    metricAggregationType: MetricAggregationType.MAXIMUM,
    evaluationPeriods: 15,
    scalingSteps: [
      { upper: steps.calm, change: -1 },
      { lower: steps.calm, change: 0 },
    ],
  });
}
