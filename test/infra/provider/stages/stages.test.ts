import { describe, expect, it } from "vitest";
import {
  providerResources,
  type ResolvedResource,
  resourceOf,
  resourcesOf,
} from "../../../support/provider-template.ts";

const dev = providerResources("dev");
const prod = providerResources("prod");
const names = ["Producer", "Enricher", "Indexer", "Distributor"] as const;

interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

function statementsOf(stage: string): readonly Statement[] {
  return resourceOf(dev, "AWS::IAM::Policy", `Stages${stage}Role`).Properties.PolicyDocument.Statement;
}

const listOf = (value: string | readonly string[]) => (typeof value === "string" ? [value] : value);

function templateOf(resources: readonly ResolvedResource[], stage: string) {
  return resourceOf(resources, "AWS::EC2::LaunchTemplate", `Stages${stage}`).Properties.LaunchTemplateData;
}

const groupOf = (resources: readonly ResolvedResource[], stage: string) =>
  resourceOf(resources, "AWS::AutoScaling::AutoScalingGroup", `Stages${stage}`);

const scriptOf = (stage: string) => String(templateOf(dev, stage).UserData["Fn::Base64"]);

describe("a stage's machines", () => {
  it.each(names)("%s: IMDSv2 alone, one hop, an encrypted disk, no key to sign in with", (stage) => {
    const template = templateOf(dev, stage);
    expect(template.MetadataOptions).toMatchObject({ HttpTokens: "required", HttpPutResponseHopLimit: 1 });
    expect(template.BlockDeviceMappings).toHaveLength(1);
    expect(template.BlockDeviceMappings[0].Ebs).toMatchObject({ Encrypted: true, VolumeType: "gp3" });
    expect(template).not.toHaveProperty("KeyName");
  });

  it.each(names)("%s: on Graviton", (stage) => {
    for (const resources of [dev, prod]) expect(templateOf(resources, stage).InstanceType).toMatch(/^[a-z]\d+g\./);
    expect(JSON.stringify(templateOf(dev, stage).ImageId)).toMatch(/arm64/i);
  });

  it.each(names)("%s: nothing comes in, and HTTPS and the brokers' IAM listener are all that is reached", (stage) => {
    const group = resourceOf(dev, "AWS::EC2::SecurityGroup", `Stages${stage}`);
    expect(group.Properties.SecurityGroupIngress).toBeUndefined();
    const ingress = resourcesOf(dev, "AWS::EC2::SecurityGroupIngress");
    expect(ingress.filter(({ Properties }) => Properties.GroupId === `${group.id}-GroupId`)).toEqual([]);
    const egress = resourcesOf(dev, "AWS::EC2::SecurityGroupEgress")
      .filter(({ Properties }) => Properties.GroupId === `${group.id}-GroupId`)
      .map(({ Properties }) => Properties.FromPort);
    const own = group.Properties.SecurityGroupEgress.map((rule: { FromPort: number }) => rule.FromPort);
    expect(new Set([...own, ...egress])).toEqual(new Set([443, 9098]));
  });

  it("the producer is alone and has an address; in prod the others have none", () => {
    expect(groupOf(prod, "Producer").Properties).toMatchObject({ MinSize: "1", MaxSize: "1" });
    for (const stage of names) {
      const [face] = templateOf(prod, stage).NetworkInterfaces;
      expect(face.AssociatePublicIpAddress).toBe(stage === "Producer");
    }
  });

  it("the distributor is there only where a product has topics of its own", () => {
    const entitlements = { products: [], customers: [] };
    const without = providerResources("dev", { entitlements, entitlementsText: "products: {}" });
    expect(resourcesOf(without, "AWS::AutoScaling::AutoScalingGroup").map(({ id }) => id)).toHaveLength(3);
  });
});

describe("a rolling replacement", () => {
  it.each(names)("%s: CloudFormation waits for each machine's own word, on creation and on every update", (stage) => {
    for (const resources of [dev, prod]) {
      const group = groupOf(resources, stage);
      const rolling = group["UpdatePolicy"].AutoScalingRollingUpdate;
      expect(rolling).toMatchObject({ WaitOnResourceSignals: true, MaxBatchSize: 1 });
      expect(group["CreationPolicy"].ResourceSignal.Count).toBe(Number(group.Properties.MinSize));
      expect(rolling.MinInstancesInService).toBeLessThan(Number(group.Properties.MaxSize));
      const script = String(templateOf(resources, stage).UserData["Fn::Base64"]);
      expect(script).toContain(`--resource ${group.id} `);
      // It is in the script: a program of other bytes is another machine.
      expect(group.Properties.LaunchTemplate.Version).toMatch(/LatestVersionNumber$/);
    }
  });

  it("the groups never have fewer machines than they must; the producer's old machine goes before the new one comes", () => {
    const inService = (stage: string) =>
      groupOf(prod, stage)["UpdatePolicy"].AutoScalingRollingUpdate.MinInstancesInService;
    expect(["Enricher", "Indexer", "Distributor"].map(inService)).toEqual([2, 2, 2]);
    expect(inService("Producer")).toBe(0);
  });

  it("all but the producer must say that they run; it only needs to be installed, for its keys come later", () => {
    const waits = names.filter((stage) => scriptOf(stage).includes(`'"state":"running"'`));
    expect(waits).toEqual(["Enricher", "Indexer", "Distributor"]);
  });

  it("the enricher's machines and threads agree on units, of which every machine can have one", () => {
    const units = (stage: string) => scriptOf(stage).match(/UNIT_PARTITIONS="(\d+)"/)?.[1];
    const most = Math.max(
      ...["Enricher", "Distributor"].map((stage) => Number(groupOf(prod, stage).Properties.MaxSize)),
    );
    for (const stage of ["Enricher", "Distributor"]) expect(12 / Number(units(stage))).toBeGreaterThanOrEqual(most);
    expect(units("Enricher")).toBe(
      String(templateOf(prod, "Enricher").UserData["Fn::Base64"]).match(/UNIT_PARTITIONS="(\d+)"/)?.[1],
    );
  });
});

describe("least privilege", () => {
  const kafkaActions: Readonly<Record<(typeof names)[number], readonly string[]>> = {
    Producer: ["Connect", "WriteDataIdempotently", "DescribeTopic", "WriteData"],
    Enricher: ["AlterGroup", "AlterTransactionalId", "ReadData"],
    Indexer: ["AlterGroup", "ReadData", "WriteData"],
    Distributor: ["AlterTransactionalId", "DescribeCluster", "ReadData"],
  };

  it.each(names)("%s: its own actions in the cluster, on whole names of topics", (stage) => {
    const statements = statementsOf(stage).filter(({ Sid }) => Sid?.startsWith("Kafka"));
    const actions = statements
      .flatMap(({ Action }) => listOf(Action))
      .map((action) => action.replace("kafka-cluster:", ""));
    expect(actions).toEqual(expect.arrayContaining([...kafkaActions[stage]]));
    if (stage === "Producer") expect(new Set(actions)).toEqual(new Set(kafkaActions.Producer));
    const topics = statements.flatMap(({ Resource }) => listOf(Resource)).filter((arn) => arn.includes(":topic/"));
    expect(topics.length).toBeGreaterThan(0);
    expect(topics.filter((arn) => arn.includes("*"))).toEqual([]);
  });

  it.each(names)("%s: a star stands only where AWS knows no resource, or no id yet", (stage) => {
    const starred = statementsOf(stage).filter(({ Resource }) =>
      listOf(Resource).some((arn) => /(^|[/:])\*$/.test(arn)),
    );
    const allowed = stage === "Producer" ? ["Log", "SessionManager", "VolumeMachine"] : ["Log", "SessionManager"];
    expect(starred.map(({ Sid }) => Sid).toSorted()).toEqual(allowed);
    const actions = statementsOf(stage).flatMap(({ Action }) => listOf(Action));
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  });

  it("each reads its own secret alone, by the key through Secrets Manager for that secret alone", () => {
    const secrets = (stage: string) => statementsOf(stage).find(({ Sid }) => Sid === "Secrets")?.Resource;
    expect(secrets("Producer")).toMatch(/secret:Alpaca/);
    expect(secrets("Indexer")).toMatch(/secret:SearchIndexer/);
    expect([secrets("Enricher"), secrets("Distributor")]).toEqual([undefined, undefined]);
    for (const stage of ["Producer", "Indexer"]) {
      expect(statementsOf(stage).find(({ Sid }) => Sid === "SecretsKey")?.Condition).toEqual({
        StringEquals: {
          "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
          "kms:EncryptionContext:SecretARN": [secrets(stage)],
        },
      });
    }
  });

  it("only the indexer, the set-up, and what gives customers their roles reach OpenSearch", () => {
    const search = resourceOf(dev, "AWS::EC2::SecurityGroup", "SearchSecurityGroup");
    const from = resourcesOf(dev, "AWS::EC2::SecurityGroupIngress")
      .filter(({ Properties }) => Properties.GroupId === `${search.id}-GroupId`)
      .map(({ Properties }) => Properties.SourceSecurityGroupId);
    expect(from).toHaveLength(3);
    expect(from.join()).toMatch(/Entitlements/);
    expect(from.join()).toMatch(/StagesIndexer/);
    expect(from.join()).toMatch(/SearchSetup/);
  });
});

describe("the producer's volume", () => {
  const volume = resourceOf(dev, "AWS::EC2::Volume");

  it("is encrypted, and stays when the stack goes or another takes its place", () => {
    expect(volume.Properties.Encrypted).toBe(true);
    expect([volume.DeletionPolicy, volume.UpdateReplacePolicy]).toEqual(["RetainExceptOnCreate", "Retain"]);
  });

  it("is in the zone of the one subnet that its machine can be in", () => {
    const subnets = groupOf(dev, "Producer").Properties.VPCZoneIdentifier;
    expect(subnets).toHaveLength(1);
    expect(resourceOf(dev, "AWS::EC2::Subnet", subnets[0]).Properties.AvailabilityZone).toBe(
      volume.Properties.AvailabilityZone,
    );
  });

  it("can be attached by the producer, to machines of the producer alone", () => {
    const attach = names
      .flatMap((stage) => statementsOf(stage))
      .filter(({ Action }) => listOf(Action).includes("ec2:AttachVolume"));
    expect(attach.map(({ Sid }) => Sid)).toEqual(["Volume", "VolumeMachine"]);
    expect(attach[1]?.Condition).toEqual({ StringEquals: { "aws:ResourceTag/bellwether:stage": "producer" } });
    expect(groupOf(dev, "Producer").Properties.Tags).toContainEqual({
      Key: "bellwether:stage",
      PropagateAtLaunch: true,
      Value: "producer",
    });
  });
});

describe("the enricher's scaling", () => {
  it("follows the group's lag as MSK tells it, up at once and down slowly", () => {
    const alarms = resourcesOf(dev, "AWS::CloudWatch::Alarm", "StagesEnricher");
    expect(alarms).toHaveLength(2);
    for (const { Properties } of alarms) {
      const { Metric } = Properties.Metrics[0].MetricStat;
      expect(Metric).toMatchObject({ Namespace: "AWS/Kafka", MetricName: "SumOffsetLag" });
      expect(Metric.Dimensions).toContainEqual({ Name: "Consumer Group", Value: "market.enricher" });
      expect(Metric.Dimensions).toContainEqual({ Name: "Topic", Value: "market.raw" });
    }
    const [behind, calm] = ["Behind", "Calm"].map((name) => alarms.find(({ id }) => id.includes(name))?.Properties);
    expect(behind).toMatchObject({ ComparisonOperator: "GreaterThanOrEqualToThreshold", EvaluationPeriods: 3 });
    expect(calm).toMatchObject({ ComparisonOperator: "LessThanOrEqualToThreshold", EvaluationPeriods: 15 });
    const changes = resourcesOf(dev, "AWS::AutoScaling::ScalingPolicy").flatMap(({ Properties }) =>
      Properties.StepAdjustments.map((step: { ScalingAdjustment: number }) => step.ScalingAdjustment),
    );
    expect(changes.toSorted((a: number, b: number) => a - b)).toEqual([-1, 1, 2]);
  });
});

describe("user data", () => {
  it.each(names)("%s: small enough for EC2, and without any value of a secret", (stage) => {
    const script = scriptOf(stage);
    expect(Buffer.byteLength(script)).toBeLessThan(14_000);
    expect(script).not.toMatch(/resolve:secretsmanager|PASSWORD|API_KEY|SECRET_KEY/);
    expect(script.match(/[0-9a-f]{64} /g)?.length).toBeGreaterThanOrEqual(3);
  });
});
