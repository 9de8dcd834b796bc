import { type CostLine, hourly, monthly } from "./cost-line.ts";
import { priceList } from "./price-list.ts";

/**
 * What the AWS sample for the same task costs in a month, both accounts, as its own parameters say: two m5.large brokers with 100 GiB each, a
 * Flink application of one unit and one for its orchestration, a t3.small OpenSearch node, a t2.large instance and two NAT gateways in each of
 * its two accounts.
 * @see https://github.com/aws-samples/msk-powered-financial-data-feed
 */
export function sampleCost(): readonly CostLine[] {
  return [
    ...hourly("Kafka", "brokers kafka.m5.large", 2, priceList.brokerHour["kafka.m5.large"]),
    ...monthly("Kafka", "storage, GiB", 200, priceList.brokerStorage),
    ...hourly("Kafka", "multi-VPC connectivity for SCRAM", 1, priceList.privateConnectivityHour),
    ...hourly("Flink", "processing units", 2, priceList.flinkUnitHour),
    ...monthly("Flink", "storage, GiB", 50, priceList.flinkStorage),
    ...hourly("OpenSearch", "nodes t3.small.search", 1, priceList.searchHour["t3.small.search"]),
    ...monthly("OpenSearch", "storage, GiB", 10, priceList.searchStorage),
    ...hourly("Instances", "producer, consumer t2.large", 2, priceList.instanceHour["t2.large"]),
    ...monthly("Instances", "disks, GiB", 20, priceList.volume.gp2),
    ...hourly("Network", "NAT gateways", 4, priceList.natGatewayHour),
    ...hourly("Network", "public addresses", 6, priceList.publicAddressHour),
    ...hourly("Network", "connection to the brokers, by zone", 2, priceList.interfaceEndpointHour),
    ...monthly("Secrets", "customer-managed keys", 1, priceList.key),
    ...monthly("Secrets", "secrets", 3, priceList.secret),
    ...monthly("Secrets", "advanced parameter", 1, priceList.advancedParameter),
  ];
}
