import type { Sizes } from "../deployment/sizes.ts";
import { desiredState } from "../entitlements/desired-state.ts";
import type { Entitlements } from "../entitlements/entitlements.ts";
import { topicConfigs, topicNames } from "../topics.ts";
import { type CostLine, hourly, monthly, priceOf } from "./cost-line.ts";
import { priceList } from "./price-list.ts";
import { providerParts } from "./provider-parts.ts";

/** What of a provider's deployment makes its bill. */
export interface ProviderCosted {
  readonly sizes: Sizes;
  readonly entitlements: Entitlements;
  readonly topicPrefix: string;
}

/**
 * The provider's account in a month, by list prices: what runs whether a quote comes or not, with the smallest number of instances. What goes
 * with the traffic is not in it: bytes between zones and through PrivateLink, requests, logs, snapshots.
 */
export function providerCost({ sizes, entitlements, topicPrefix }: ProviderCosted): readonly CostLine[] {
  const { topics, users } = desiredState(entitlements, topicPrefix);
  const topicCount = topicConfigs(topicNames(topicPrefix)).length + topics.length;
  const secrets = providerParts.secrets + users.length * providerParts.secretsOfUser;
  return [
    ...kafkaCost(sizes.brokers, topicCount),
    ...searchCost(sizes.search),
    ...stagesCost(sizes),
    ...hourly("Network", "interface endpoints, by zone", endpointCount(sizes.network), priceList.interfaceEndpointHour),
    ...monthly("Secrets", "customer-managed keys", providerParts.keys, priceList.key),
    ...monthly("Secrets", "secrets", secrets, priceList.secret),
    ...monthly("Watching", "alarms", providerParts.alarms, priceList.alarm),
    ...monthly("Watching", "dashboard", 1, priceList.dashboard),
    ...monthly("Watching", "metrics of the stages", providerParts.stageMetrics, priceList.metric),
  ];
}

function kafkaCost({ instanceType, count, volumeGib }: Sizes["brokers"], topics: number): CostLine[] {
  const metrics = count * (providerParts.metricsOfBroker + providerParts.metricsOfTopic * topics);
  return [
    ...hourly("Kafka", `brokers ${instanceType}`, count, priceOf(priceList.brokerHour, instanceType)),
    ...monthly("Kafka", "storage, GiB", count * volumeGib, priceList.brokerStorage),
    ...hourly("Kafka", "multi-VPC connectivity for SCRAM", 1, priceList.privateConnectivityHour),
    ...monthly("Kafka", "metrics by broker and topic", metrics, priceList.metric),
  ];
}

function searchCost({ instanceType, nodes, masters, masterType, volumeGib }: Sizes["search"]): CostLine[] {
  return [
    ...hourly("OpenSearch", `nodes ${instanceType}`, nodes, priceOf(priceList.searchHour, instanceType)),
    ...hourly("OpenSearch", `masters ${masterType}`, masters, priceOf(priceList.searchHour, masterType)),
    ...monthly("OpenSearch", "storage, GiB", nodes * volumeGib, priceList.searchStorage),
  ];
}

function stagesCost({ network, stages }: Sizes): CostLine[] {
  const { producer, ...others } = stages;
  const machines = [
    { name: "producer", instanceType: producer.instanceType, count: 1 },
    ...Object.entries(others).map(([name, { instanceType, instancesMin }]) => ({
      name,
      instanceType,
      count: instancesMin,
    })),
  ];
  const count = machines.reduce((sum, machine) => sum + machine.count, 0);
  const addresses = network.stages === "public" ? count : 1;
  return [
    ...machines.flatMap((machine) =>
      hourly(
        "Stages",
        `${machine.name} ${machine.instanceType}`,
        machine.count,
        priceOf(priceList.instanceHour, machine.instanceType),
      ),
    ),
    ...monthly("Stages", "disks, GiB", count * providerParts.rootDiskGib + producer.spoolGib, priceList.volume.gp3),
    ...hourly("Stages", "public addresses", addresses, priceList.publicAddressHour),
  ];
}

/** One zone is enough for the deployment's functions; where stages need endpoints, each zone has its own. */
function endpointCount({ stages, zones }: Sizes["network"]): number {
  const { endpoints, endpointsOfPrivateStages } = providerParts;
  return stages === "private" ? (endpoints + endpointsOfPrivateStages) * zones : endpoints;
}
