import type { ProfileName } from "../deployment/profiles.ts";
import type { Sizes } from "../deployment/sizes.ts";
import { desiredState } from "../entitlements/desired-state.ts";
import { type Entitlements, hasOwnTopics } from "../entitlements/entitlements.ts";
import { sourceTopics } from "../products/product-cut.ts";
import { topicConfigs, topicNames } from "../topics.ts";
import { type CostLine, hourly, monthly, priceOf } from "./cost-line.ts";
import { priceList } from "./price-list.ts";
import { providerParts } from "./provider-parts.ts";

/** What of a provider's deployment makes its bill. */
export interface ProviderCosted {
  readonly profile: ProfileName;
  readonly sizes: Sizes;
  readonly entitlements: Entitlements;
  readonly topicPrefix: string;
}

/**
 * The provider's account in a month, by list prices: what runs whether a quote comes or not, with the smallest number of machines. What goes
 * with the traffic is not in it: bytes between zones and through PrivateLink, requests, logs, snapshots.
 */
export function providerCost({ profile, sizes, entitlements, topicPrefix }: ProviderCosted): readonly CostLine[] {
  const { topics, users } = desiredState(entitlements, topicPrefix);
  const names = topicNames(topicPrefix);
  const topicCount = topicConfigs(names).length + topics.length;
  const secrets = providerParts.secrets + users.length * providerParts.secretsOfUser;
  const machines = machinesOf(sizes, topics.length > 0);
  // Each product with topics of its own has a group of the distributor's, whose lag is watched on each topic that it reads.
  const distributed = entitlements.products.filter((product) => hasOwnTopics(product, topicPrefix));
  const lags = distributed.flatMap((product) => sourceTopics(product, names)).length;
  return [
    ...kafkaCost(sizes.brokers, topicCount),
    ...searchCost(sizes.search),
    ...machinesCost(machines, sizes),
    ...hourly("Network", "interface endpoints, by zone", endpointCount(sizes.network), priceList.interfaceEndpointHour),
    ...monthly("Secrets", "customer-managed keys", providerParts.keys, priceList.key),
    ...monthly("Secrets", "secrets", secrets, priceList.secret),
    ...watchingCost({ sizes, profile, machines, lags }),
  ];
}

function kafkaCost({ instanceType, count, volumeGib, monitoring }: Sizes["brokers"], topics: number): CostLine[] {
  return [
    ...hourly("Kafka", `brokers ${instanceType}`, count, priceOf(priceList.brokerHour, instanceType)),
    ...monthly("Kafka", "storage, GiB", count * volumeGib, priceList.brokerStorage),
    ...hourly("Kafka", "multi-VPC connectivity for SCRAM", 1, priceList.privateConnectivityHour),
    ...brokerMetrics(monitoring, count, topics),
  ];
}

/** Each level has what the one before it has. */
function brokerMetrics(monitoring: Sizes["brokers"]["monitoring"], brokers: number, topics: number): CostLine[] {
  const { metricsOfBroker, metricsOfTopic } = providerParts;
  switch (monitoring) {
    case "DEFAULT":
      return [];
    case "PER_BROKER":
      return monthly("Kafka", "metrics by broker", brokers * metricsOfBroker, priceList.metric);
    case "PER_TOPIC_PER_BROKER": {
      const metrics = brokers * (metricsOfBroker + metricsOfTopic * topics);
      return monthly("Kafka", "metrics by broker and topic", metrics, priceList.metric);
    }
    default:
      return monitoring satisfies never;
  }
}

function searchCost({ instanceType, nodes, masters, masterType, volumeGib }: Sizes["search"]): CostLine[] {
  return [
    ...hourly("OpenSearch", `nodes ${instanceType}`, nodes, priceOf(priceList.searchHour, instanceType)),
    ...hourly("OpenSearch", `masters ${masterType}`, masters, priceOf(priceList.searchHour, masterType)),
    ...monthly("OpenSearch", "storage, GiB", nodes * volumeGib, priceList.searchStorage),
  ];
}

interface Machines {
  readonly stage: string;
  readonly instanceType: string;
  readonly count: number;
}

/** The distributor is there only where a product has topics of its own. */
function machinesOf({ stages }: Sizes, hasDistributor: boolean): readonly Machines[] {
  const { producer, enricher, indexer, distributor } = stages;
  const groups = { enricher, indexer, ...(hasDistributor ? { distributor } : {}) };
  return [
    { stage: "producer", instanceType: producer.instanceType, count: 1 },
    ...Object.entries(groups).map(([stage, { instanceType, instancesMin }]) => ({
      stage,
      instanceType,
      count: instancesMin,
    })),
  ];
}

function machinesCost(machines: readonly Machines[], { network, stages }: Sizes): CostLine[] {
  const count = countOf(machines);
  const addresses = network.stages === "public" ? count : 1;
  const gib = count * providerParts.rootDiskGib + stages.producer.spoolGib;
  return [
    ...machines.flatMap(({ stage, instanceType, count: each }) =>
      hourly("Stages", `${stage} ${instanceType}`, each, priceOf(priceList.instanceHour, instanceType)),
    ),
    ...monthly("Stages", "disks, GiB", gib, priceList.volume.gp3),
    ...hourly("Stages", "public addresses", addresses, priceList.publicAddressHour),
  ];
}

interface Watched {
  readonly sizes: Sizes;
  readonly profile: ProfileName;
  readonly machines: readonly Machines[];
  /** Topics of the distributor's groups whose lag is watched; 0 where there is no distributor. */
  readonly lags: number;
}

function watchingCost({ sizes, profile, machines, lags }: Watched): CostLine[] {
  const parts = providerParts;
  const distributors = lags > 0 ? 1 : 0;
  const alarmMetrics =
    parts.alarmMetrics +
    parts.alarmMetricsOfBroker * sizes.brokers.count +
    parts.alarmMetricsOfDistributor * distributors +
    lags +
    // That copies are lacking can be told only where there are to be some.
    (sizes.search.replicas > 0 ? 1 : 0);
  const byMinute = profile === "prod" ? countOf(machines) * parts.metricsOfMachineByMinute : 0;
  return [
    ...monthly("Watching", "alarms, by metric", alarmMetrics, priceList.alarm),
    ...monthly("Watching", "dashboard", 1, priceList.dashboard),
    ...monthly(
      "Watching",
      "metrics of the stages",
      parts.stageMetrics + parts.stageMetricsOfDistributor * distributors,
      priceList.metric,
    ),
    ...monthly("Watching", "metrics of machines by the minute", byMinute, priceList.metric),
  ];
}

function countOf(machines: readonly Machines[]): number {
  return machines.reduce((sum, { count }) => sum + count, 0);
}

/** One zone is enough for the deployment's functions; where stages need endpoints, each zone has its own. */
function endpointCount({ stages, zones }: Sizes["network"]): number {
  const { endpoints, endpointsOfPrivateStages } = providerParts;
  return stages === "private" ? (endpoints + endpointsOfPrivateStages) * zones : endpoints;
}
