import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";

/** Something to be told of. */
export interface AlarmSpec {
  /** Of the construct and, with the deployment's name before it, of the alarm: `EnricherLag`. */
  readonly id: string;
  /** What it means and where to look, for whoever is woken by it. */
  readonly meaning: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default "atLeast" */
  readonly when?: "atLeast" | "below";
  /** So many of the metric's periods must be bad … */
  readonly periods: number;
  /** … of so many. @default as many */
  readonly of?: number;
  /** Whether no figure at all is bad too. @default false */
  readonly silenceIsBad?: boolean;
}

/** Makes the alarm, which tells the topic when it begins and when it is over. */
export function makeAlarm(scope: Construct, name: string, spec: AlarmSpec, topic: ITopic): Alarm {
  const { id, meaning, metric, threshold, when = "atLeast", periods, of = periods, silenceIsBad = false } = spec;
  const alarm = new Alarm(scope, id, {
    alarmName: `${name}-${id}`,
    alarmDescription: meaning,
    metric,
    threshold,
    comparisonOperator:
      when === "below" ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    datapointsToAlarm: periods,
    evaluationPeriods: of,
    treatMissingData: silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
