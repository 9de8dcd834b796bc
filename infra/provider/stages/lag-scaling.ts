import { Duration } from "aws-cdk-lib";
import {
  AdjustmentType,
  type AutoScalingGroup,
  MetricAggregationType,
  StepScalingAction,
} from "aws-cdk-lib/aws-autoscaling";
import { Alarm, ComparisonOperator, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { AutoScalingAction } from "aws-cdk-lib/aws-cloudwatch-actions";

/** Records behind: a machine folds some ten thousand in a second, so that these are seconds, tens of seconds, and minutes. */
const steps = { calm: 20_000, behind: 200_000, farBehind: 2_000_000 };

/**
 * One machine more while the group is behind, two while it is far behind; one less when it has been calm for a quarter of an hour. Steps, and not a
 * target: what waits does not fall in proportion to the machines, and each change deals the partitions anew.
 *
 * Put together here, because CDK's own `scaleOnMetric` hands on a property of its own that it warns of.
 * @param lag - records that wait, of the whole group
 */
export function scaleOnLag(group: AutoScalingGroup, lag: IMetric): void {
  const more = action(group, "Behind", Duration.minutes(4));
  // Bounds are counted from the alarm's threshold.
  more.addAdjustment({ adjustment: 1, lowerBound: 0, upperBound: steps.farBehind - steps.behind });
  more.addAdjustment({ adjustment: 2, lowerBound: steps.farBehind - steps.behind });
  new Alarm(group, "BehindAlarm", {
    metric: lag,
    alarmDescription: "No fault: the group gets a machine more",
    threshold: steps.behind,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 3,
  }).addAlarmAction(new AutoScalingAction(more));
  const less = action(group, "Calm");
  less.addAdjustment({ adjustment: -1, upperBound: 0 });
  new Alarm(group, "CalmAlarm", {
    metric: lag,
    alarmDescription: "No fault: the group does with a machine less",
    threshold: steps.calm,
    comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 15,
  }).addAlarmAction(new AutoScalingAction(less));
}

function action(group: AutoScalingGroup, id: string, estimatedInstanceWarmup?: Duration): StepScalingAction {
  return new StepScalingAction(group, id, {
    autoScalingGroup: group,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    metricAggregationType: MetricAggregationType.MAXIMUM,
    ...(estimatedInstanceWarmup === undefined ? {} : { estimatedInstanceWarmup }),
  });
}
