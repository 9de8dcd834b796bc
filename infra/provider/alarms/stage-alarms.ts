import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { capitalised } from "../capitalised.ts";
import type { StageHost } from "../stages/stage-host.ts";
import type { AlarmSpec } from "./alarm-spec.ts";
import type { StageMetrics } from "./stage-metrics.ts";

/** The figures that alarms and the dashboard show. Made once: each is a metric filter. */
export interface StageFigures {
  readonly regularHours: Metric;
  readonly messages: Metric;
  readonly gaps: Metric;
  readonly watermarkDelayMs: Metric;
  readonly enriched: Metric;
  readonly documents: Metric;
  /** By stage; the distributor's only where there is one. */
  readonly deadLettered: readonly Metric[];
}

export function stageFigures(
  producer: StageMetrics,
  enricher: StageMetrics,
  indexer: StageMetrics,
  distributor: StageMetrics | null,
): StageFigures {
  return {
    regularHours: producer.figure("regularHours", Stats.MAXIMUM),
    messages: producer.figure("messages", Stats.SUM),
    gaps: producer.figure("gaps", Stats.SUM),
    watermarkDelayMs: enricher.figure("watermarkDelayMs", Stats.MAXIMUM),
    enriched: enricher.figure("enriched", Stats.SUM),
    documents: indexer.figure("documents", Stats.SUM),
    deadLettered: [enricher, indexer, ...(distributor === null ? [] : [distributor])].map((stage) =>
      stage.figure("deadLettered", Stats.SUM),
    ),
  };
}

const watermarkDelayMsMax = 30_000;

/** What the feed itself must be told of: silence, holes, delay, and records that could not be read. */
export function feedAlarms(figures: StageFigures): readonly AlarmSpec[] {
  const { regularHours, messages, gaps, watermarkDelayMs, deadLettered } = figures;
  const minute = Duration.minutes(1);
  return [
    {
      id: "NoDataInSession",
      meaning:
        "Regular hours, and Alpaca has sent nothing for five minutes. The producer's log says whether it is connected.",
      metric: new MathExpression({
        expression: "IF(session >= 1 AND FILL(messages, 0) < 1, 1, 0)",
        usingMetrics: { session: regularHours, messages },
        label: "minutes of silence",
        period: minute,
      }),
      threshold: 1,
      periods: 5,
    },
    {
      id: "WatermarkDelay",
      meaning:
        "The enriched feed is more than half a minute behind the market, so that windows close late. Look at the producer's and the enricher's logs, and at the group's lag.",
      // Outside of regular hours the stream may have no time at all.
      metric: new MathExpression({
        expression: "IF(FILL(session, 0) >= 1, delay, 0)",
        usingMetrics: { session: regularHours, delay: watermarkDelayMs },
        label: "watermark delay, ms",
        period: minute,
      }),
      threshold: watermarkDelayMsMax,
      periods: 3,
      of: 5,
    },
    {
      id: "Gaps",
      meaning:
        "The upstream connection was lost, or the producer was started anew: there is a hole in the feed, and candles are marked incomplete.",
      metric: gaps.with({ period: Duration.minutes(5) }),
      threshold: 1,
      periods: 1,
    },
    {
      id: "DeadLetters",
      meaning: "Records could not be processed. They stand on the dead-letter topic with the reason in their headers.",
      metric: new MathExpression({
        expression: deadLettered.map((_, index) => `FILL(m${index}, 0)`).join(" + "),
        usingMetrics: Object.fromEntries(
          deadLettered.map((metric, index) => [`m${index}`, metric.with({ period: Duration.minutes(5) })]),
        ),
        label: "dead letters",
        period: Duration.minutes(5),
      }),
      threshold: 1,
      periods: 1,
    },
  ];
}

/** Whether a stage runs: by its own word, and by its machines. */
export function hostAlarms(stage: string, metrics: StageMetrics, host: StageHost): readonly AlarmSpec[] {
  const name = capitalised(stage);
  return [
    {
      id: `${name}Silent`,
      meaning: `The ${stage} has said nothing for ten minutes: it is not running, or ends again and again. Its log says why.`,
      metric: metrics.lines.with({ period: Duration.minutes(5) }),
      threshold: 1,
      when: "below",
      periods: 2,
      silenceIsBad: true,
    },
    {
      id: `${name}Machines`,
      meaning: `The ${stage} has fewer machines in service than it should for a quarter of an hour. The Auto Scaling group's activities say why.`,
      metric: new Metric({
        namespace: "AWS/AutoScaling",
        metricName: "GroupInServiceInstances",
        dimensionsMap: { AutoScalingGroupName: host.autoScalingGroup.autoScalingGroupName },
        statistic: Stats.MINIMUM,
        period: Duration.minutes(5),
        label: `${stage}'s machines`,
      }),
      threshold: host.machinesMin,
      when: "below",
      periods: 3,
      silenceIsBad: true,
    },
  ];
}
