import { Stack } from "aws-cdk-lib";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import { topicNames } from "../../../domain/topics.ts";
import type { ProviderDeployment } from "../../../runtime/deployment/deployment.ts";
import type { StageArtefact } from "../../artefacts/stage-artefact.ts";
import { lagMetric } from "../alarms/kafka-metrics.ts";
import { capitalised } from "../capitalised.ts";
import type { FeedCluster } from "../cluster.ts";
import { kafkaStatements } from "../kafka-policy.ts";
import type { ProviderKeys } from "../keys.ts";
import type { ProviderNetwork } from "../network.ts";
import type { Search } from "../search.ts";
import { secretStatements } from "../secret-statements.ts";
import { EntitlementsFile } from "./entitlements-file.ts";
import { scaleOnLag } from "./lag-scaling.ts";
import { entitlementsFile, stageEnvironments } from "./stage-environment.ts";
import { StageHost, type StageHostProps } from "./stage-host.ts";
import { type StageName, stageKafkaRights } from "./stage-statements.ts";

/** What the stages are wired to. */
export interface StagesProps {
  readonly deployment: ProviderDeployment;
  readonly artefact: StageArtefact;
  readonly network: ProviderNetwork;
  readonly cluster: FeedCluster;
  readonly search: Search;
  readonly keys: ProviderKeys;
  readonly alpacaSecret: ISecret;
}

/** A stage's machines. */
export interface HostedStage {
  readonly stage: StageName;
  readonly host: StageHost;
}

/**
 * The stages' machines. The producer is alone, in a public subnet, because Alpaca is outside; the others share their partitions as a group, so that a
 * machine that comes or goes loses and doubles nothing (D1). The distributor is there only if a product has topics of its own.
 */
export class Stages extends Construct {
  readonly producer: StageHost;
  readonly enricher: StageHost;
  readonly indexer: StageHost;
  readonly distributor: StageHost | null;
  readonly #props: StagesProps;
  readonly #environments: ReturnType<typeof stageEnvironments>;

  constructor(scope: Construct, id: string, props: StagesProps) {
    super(scope, id);
    this.#props = props;
    const { deployment, cluster, search, keys, network, alpacaSecret } = props;
    const { entitlements, entitlementsText, sizes, topicPrefix: prefix, region, feed, settings } = deployment;
    this.#environments = stageEnvironments({
      ...{ region, topicPrefix: prefix, feed, settings },
      iamBootstrap: cluster.iamBootstrap,
      search: sizes.search,
      searchUrl: search.url,
      alpacaSecretId: alpacaSecret.secretArn,
      indexerSecretId: search.indexerSecret.secretArn,
    });
    const { distributorRights, topics } = desiredState(entitlements, prefix);
    const rights = stageKafkaRights(prefix, distributorRights);
    const inCluster = (stage: StageName) => kafkaStatements(cluster, rights[stage]);
    const reads = (secretArn: string) => secretStatements(Stack.of(this), [secretArn], keys.secrets);
    const { producer, enricher, indexer, distributor } = sizes.stages;

    this.producer = this.#host("producer", {
      command: "produce",
      // Its keys are put in by hand after the first deployment, and Alpaca may be away: neither is a reason to take a deployment back.
      readiness: "installed",
      subnets: network.publicSubnets,
      hasPublicAddress: true,
      instanceType: producer.instanceType,
      instances: { min: 1, max: 1 },
      retainedVolume: { gib: producer.spoolGib },
      statements: [...inCluster("producer"), ...reads(alpacaSecret.secretArn)],
    });
    this.enricher = this.#host("enricher", {
      command: "enrich",
      ...sized(enricher),
      statements: inCluster("enricher"),
    });
    scaleOnLag(
      this.enricher.autoScalingGroup,
      lagMetric("SumOffsetLag", {
        clusterName: cluster.clusterName,
        group: `${prefix}enricher`,
        topic: topicNames(prefix).raw,
      }),
    );
    this.indexer = this.#host("indexer", {
      command: "index",
      ...sized(indexer),
      statements: [...inCluster("indexer"), ...reads(search.indexerSecret.secretArn)],
    });
    search.allowFrom(this.indexer.securityGroup, "Indexer");
    if (topics.length === 0) this.distributor = null;
    else {
      const file = new EntitlementsFile(this, "Entitlements", entitlementsText);
      this.distributor = this.#host("distributor", {
        command: "distribute",
        ...sized(distributor),
        settingsFiles: { [entitlementsFile]: file.file },
        statements: [...inCluster("distributor"), file.readStatement()],
      });
    }
  }

  /** Each that there is. */
  all(): readonly HostedStage[] {
    const { producer, enricher, indexer, distributor } = this;
    const hosts = { producer, enricher, indexer, distributor } satisfies Record<StageName, StageHost | null>;
    return (Object.entries(hosts) as [StageName, StageHost | null][]).flatMap(([stage, host]) =>
      host === null ? [] : [{ stage, host }],
    );
  }

  #host(stage: StageName, props: StagePart): StageHost {
    const { network, cluster, artefact, deployment, keys } = this.#props;
    const { sizes, profile } = deployment;
    const host = new StageHost(this, capitalised(stage), {
      stage,
      vpc: network.vpc,
      subnets: network.stageSubnets,
      hasPublicAddress: sizes.network.stages === "public",
      environment: this.#environments[stage],
      artefact,
      logDays: sizes.logs.days,
      logKey: keys.data,
      detailedMonitoring: profile === "prod",
      ...props,
    });
    cluster.allowIamFrom(host.securityGroup, stage);
    network.allowEndpointsFrom(host.securityGroup, stage);
    return host;
  }
}

/** What differs from stage to stage. */
type StagePart = Pick<StageHostProps, "command" | "instanceType" | "instances" | "statements"> &
  Partial<Pick<StageHostProps, "readiness" | "subnets" | "hasPublicAddress" | "retainedVolume" | "settingsFiles">>;

function sized(size: { readonly instanceType: string; readonly instancesMin: number; readonly instancesMax: number }) {
  return { instanceType: size.instanceType, instances: { min: size.instancesMin, max: size.instancesMax } };
}
