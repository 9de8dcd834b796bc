import { Duration } from "aws-cdk-lib";
import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { type Entitlements, hasOwnTopics } from "../../../domain/entitlements/entitlements.ts";
import { sourceTopics } from "../../../domain/products/product-cut.ts";
import { publishedTopics, topicNames } from "../../../domain/topics.ts";
import type { AlarmSpec } from "./alarm-spec.ts";
import { lagMetric } from "./kafka-metrics.ts";

/** A group of our own, and what it reads. */
export interface WatchedGroup {
  readonly group: string;
  /** Beginning of the alarm's name. */
  readonly name: string;
  readonly topics: readonly string[];
  /** How far behind it is by design: a product that is sold late. */
  readonly delaySeconds: number;
}

/** The groups of all stages: the distributor has one for each product that it writes. */
export function watchedGroups(prefix: string, { products }: Entitlements): readonly WatchedGroup[] {
  const topics = topicNames(prefix);
  return [
    { group: `${prefix}enricher`, name: "Enricher", topics: [topics.raw], delaySeconds: 0 },
    {
      group: `${prefix}indexer`,
      name: "Indexer",
      topics: publishedTopics(topics),
      delaySeconds: 0,
    },
    ...products
      .filter((product) => hasOwnTopics(product, prefix))
      .map((product) => ({
        group: `${prefix}distributor.${product.name}`,
        name: `Product-${product.name}`,
        topics: sourceTopics(product, topics),
        delaySeconds: Math.ceil(product.delayMs / 1000),
      })),
  ];
}

/** A group may be so far behind before somebody is told. */
const behindSecondsMax = 120;

/** Each group's time behind, of the topic where it is furthest. */
export function lagAlarms(clusterName: string, groups: readonly WatchedGroup[]): readonly AlarmSpec[] {
  return groups.map(({ group, name, topics, delaySeconds }) => ({
    id: `${name}Lag`,
    meaning: `The group ${group} is minutes behind what it reads. The stage's log and its machines' processors say whether it works; more machines share the partitions.`,
    metric: new MathExpression({
      expression: `MAX([${topics.map((_, index) => `FILL(m${index}, 0)`).join(", ")}])`,
      usingMetrics: Object.fromEntries(
        topics.map((topic, index) => [`m${index}`, lagMetric("EstimatedMaxTimeLag", { clusterName, group, topic })]),
      ),
      label: `${group}, seconds behind`,
      period: Duration.minutes(1),
    }),
    threshold: delaySeconds + behindSecondsMax,
    periods: 5,
  }));
}
