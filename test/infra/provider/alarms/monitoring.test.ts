import { describe, expect, it } from "vitest";
import { countOutput } from "../../../../enricher/counts.ts";
import { Metrics } from "../../../../runtime/metrics/metrics.ts";
import { metricsLine } from "../../../../runtime/metrics/metrics-line.ts";
import { providerResources, resourceOf, resourcesOf } from "../../../support/provider-template.ts";

const dev = providerResources("dev");
const topic = resourceOf(dev, "AWS::SNS::Topic", "Monitoring");
const alarms = new Map(
  resourcesOf(dev, "AWS::CloudWatch::Alarm", "Monitoring").map(({ Properties }) => [
    String(Properties.AlarmName).replace("bellwether-", ""),
    Properties,
  ]),
);
const alarm = (name: string) => {
  const found = alarms.get(name);
  if (found === undefined) throw new Error(`no alarm ${name} among ${[...alarms.keys()].join(", ")}`);
  return found;
};
/** Each metric that an alarm asks for, by name. */
const metricsOf = (name: string): string[] =>
  (alarm(name).Metrics ?? []).flatMap(
    (each: { MetricStat?: { Metric: { MetricName: string } } }) => each.MetricStat?.Metric.MetricName ?? [],
  );

describe("alarms", () => {
  it.each([
    "EnricherLag",
    "IndexerLag",
    "WatermarkDelay",
    "Gaps",
    "DeadLetters",
    "NoDataInSession",
    "Broker1Disk",
    "Broker2Disk",
    "Broker2Processor",
    "Broker1Copies",
    "OfflinePartitions",
    "ProducerSilent",
    "EnricherSilent",
    "IndexerSilent",
    "DistributorSilent",
    "ProducerMachines",
    "SearchRed",
    "SearchDisk",
    "SearchWritesBlocked",
  ])("%s tells the topic when it begins and when it is over, and says what it means", (name) => {
    expect(alarm(name).AlarmActions).toHaveLength(1);
    expect(alarm(name).AlarmActions).toEqual(alarm(name).OKActions);
    expect(alarm(name).AlarmActions[0]).toContain(topic.id);
    expect(alarm(name).AlarmDescription.length).toBeGreaterThan(40);
  });

  it("there is one for each broker and each group that there is, products of their own among them", () => {
    expect([...alarms.keys()].filter((name) => /^Broker\d+Disk$/.test(name))).toHaveLength(2);
    const prod = resourcesOf(providerResources("prod"), "AWS::CloudWatch::Alarm", "Monitoring").map(({ id }) => id);
    expect(prod.filter((id) => /Broker\dDisk/.test(id))).toHaveLength(3);
    const products = [...alarms.keys()].filter((name) => name.startsWith("Product-"));
    expect(products.length).toBeGreaterThan(0);
  });

  it("a product that is sold late is behind only when it is later than that", () => {
    const late = resourcesOf(
      providerResources("dev", {
        entitlements: {
          customers: [],
          products: [
            {
              name: "late",
              symbols: "*",
              kinds: ["quotes"],
              columns: "*",
              delayMs: 900_000,
              shape: "record",
              topic: "{prefix}product.{product}",
            },
          ],
        },
      }),
      "AWS::CloudWatch::Alarm",
      "Monitoring",
    ).find(
      ({ Properties }) =>
        String(Properties.AlarmName).endsWith("Product-late-Lag") ||
        String(Properties.AlarmName).endsWith("Product-lateLag"),
    );
    expect(late?.Properties.Threshold).toBe(900 + 120);
    expect(alarm("EnricherLag").Threshold).toBe(120);
  });

  it("a stage that says nothing is told of, and figures that are missing elsewhere are not", () => {
    for (const name of ["ProducerSilent", "EnricherMachines"]) expect(alarm(name).TreatMissingData).toBe("breaching");
    for (const name of ["Gaps", "DeadLetters", "EnricherLag"])
      expect(alarm(name).TreatMissingData).toBe("notBreaching");
  });

  it("silence and delay count in regular hours alone, by the producer's own calendar", () => {
    for (const name of ["NoDataInSession", "WatermarkDelay"]) expect(metricsOf(name)).toContain("regularHours");
  });

  it("the search's disk is a quarter of what a node has", () => {
    expect(alarm("SearchDisk")).toMatchObject({ Threshold: 20 * 1024 * 0.25, ComparisonOperator: "LessThanThreshold" });
  });
});

describe("stages' figures", () => {
  const filters = resourcesOf(dev, "AWS::Logs::MetricFilter");

  it("each filter takes a figure that a stage's line can have", () => {
    const counted = new Metrics();
    for (const name of ["messages", "gaps", "documents"]) counted.add(name);
    counted.set("regularHours", 1);
    counted.reach("watermarkMicros", 5);
    countOutput(counted, { stream: "deadLetter", reason: "notJson" } as never);
    countOutput(counted, { stream: "enriched", type: "quote", indicator: null } as never);
    const report = { stage: "x", state: "running", metrics: counted.snapshot(), positions: [], prices: [] } as const;
    const line = { message: "metrics", ...metricsLine(report, null, 1_000_000) };
    const asked = new Set(filters.map(({ Properties }) => String(Properties.MetricTransformations[0].MetricValue)));
    for (const value of asked) {
      if (value !== "1") expect(line).toHaveProperty(value.replace("$.", ""));
    }
    expect(asked.size).toBe(8);
  });

  it("each reads the log of its own stage", () => {
    for (const { Properties } of filters) {
      const stage = Properties.MetricTransformations[0].MetricNamespace.split("/").at(-1);
      expect(Properties.LogGroupName.toLowerCase()).toMatch(new RegExp(`^stages${stage}log`));
      expect(Properties.FilterPattern).toContain('$.message = "metrics"');
    }
  });
});

describe("who is told", () => {
  it("the topic is encrypted by a key that CloudWatch may use for this account's alarms, and takes no plain HTTP", () => {
    expect(topic.Properties.KmsMasterKeyId).toContain(":key/");
    const key = resourceOf(dev, "AWS::KMS::Key", "KeysData");
    const statement = key.Properties.KeyPolicy.Statement.find((each: { Sid?: string }) => each.Sid === "Alarms");
    expect(statement).toMatchObject({
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "777788889999" } },
    });
    const statements = resourceOf(dev, "AWS::SNS::TopicPolicy").Properties.PolicyDocument.Statement;
    expect(JSON.stringify(statements)).toContain('"aws:SecureTransport":"false"');
  });

  it("the address of the file gets alarms, and mails of the budget", () => {
    expect(resourceOf(dev, "AWS::SNS::Subscription").Properties).toMatchObject({
      Protocol: "email",
      Endpoint: "ops@example.com",
    });
    const { Budget, NotificationsWithSubscribers } = resourceOf(dev, "AWS::Budgets::Budget").Properties;
    expect(Budget).toMatchObject({
      BudgetType: "COST",
      TimeUnit: "MONTHLY",
      BudgetLimit: { Amount: 500, Unit: "USD" },
    });
    const told = NotificationsWithSubscribers.flatMap((each: { Subscribers: { Address: string }[] }) =>
      each.Subscribers.map(({ Address }) => Address),
    );
    expect(told).toEqual(["ops@example.com", "ops@example.com"]);
  });
});

it("one dashboard shows every alarm, the feed, the groups, brokers and search", () => {
  const body = JSON.stringify(resourceOf(dev, "AWS::CloudWatch::Dashboard").Properties.DashboardBody);
  for (const shown of ["SumOffsetLag", "KafkaDataLogsDiskUsed", "watermarkDelayMs", "FreeStorageSpace", "deadLettered"])
    expect(body).toContain(shown);
});

it("what alarms, scaling and the dashboard look at of MSK is told at its free level", () => {
  // https://docs.aws.amazon.com/msk/latest/developerguide/metrics-details.html: a part of the metrics of DEFAULT.
  const free = new Set([
    "BytesInPerSec",
    "CpuSystem",
    "CpuUser",
    "EstimatedMaxTimeLag",
    "KafkaDataLogsDiskUsed",
    "OfflinePartitionsCount",
    "SumOffsetLag",
    "UnderReplicatedPartitions",
  ]);
  const alarms = JSON.stringify(resourcesOf(dev, "AWS::CloudWatch::Alarm"));
  const board = JSON.stringify(resourceOf(dev, "AWS::CloudWatch::Dashboard").Properties.DashboardBody);
  const inAlarms = [...alarms.matchAll(/"MetricName":"(\w+)","Namespace":"AWS\/Kafka"/g)].map(([, name]) => name);
  const onBoard = [...board.matchAll(/AWS\/Kafka\W+(\w+)/g)].map(([, name]) => name);
  expect([...new Set([...inAlarms, ...onBoard])].toSorted()).toEqual([...free]);
});

it("every log is deleted at some age", () => {
  for (const { Properties } of resourcesOf(dev, "AWS::Logs::LogGroup"))
    expect(Properties.RetentionInDays).toBeGreaterThan(0);
});
