import { Duration, Stack } from "aws-cdk-lib";
import { Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, type IFilterPattern, type ILogGroup, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { capitalised } from "../capitalised.ts";
import type { StageName } from "../stages/stage-statements.ts";

/**
 * A stage's figures as metrics, taken from the lines that it logs by the minute (runtime/metrics/metrics-line.ts): the stages know nothing of
 * CloudWatch, and who reads the log sees the same figures. Each costs 0.30 dollars a month.
 */
export class StageMetrics extends Construct {
  /** How many such lines there were: none means that the stage does not run. */
  readonly lines: Metric;
  readonly #namespace: string;
  readonly #stage: StageName;
  readonly #logGroup: ILogGroup;

  constructor(scope: Construct, id: string, stage: StageName, logGroup: ILogGroup) {
    super(scope, id);
    this.#stage = stage;
    this.#logGroup = logGroup;
    this.#namespace = `Bellwether/${Stack.of(this).stackName}/${stage}`;
    this.lines = this.#filtered("Lines", "lines", FilterPattern.stringValue("$.message", "=", "metrics"), "1");
  }

  /** A figure by its name in the lines: a counter's growth is summed, of a gauge or a delay the highest of a minute counts. */
  figure(name: string, statistic: typeof Stats.SUM | typeof Stats.MAXIMUM): Metric {
    const pattern = FilterPattern.all(
      FilterPattern.stringValue("$.message", "=", "metrics"),
      FilterPattern.exists(`$.${name}`),
    );
    const metric = this.#filtered(capitalised(name), name, pattern, `$.${name}`);
    return metric.with({ statistic });
  }

  #filtered(id: string, metricName: string, filterPattern: IFilterPattern, metricValue: string): Metric {
    new MetricFilter(this, id, {
      logGroup: this.#logGroup,
      filterPattern,
      metricNamespace: this.#namespace,
      metricName,
      metricValue,
    });
    return new Metric({
      namespace: this.#namespace,
      metricName,
      statistic: Stats.SUM,
      period: Duration.minutes(1),
      label: `${this.#stage} ${metricName}`,
    });
  }
}
