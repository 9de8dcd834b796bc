import { type CostLine, hourly, monthly } from "./cost-line.ts";
import { priceList } from "./price-list.ts";

/** What a customer's stack has; a test counts it in the synthesised template. */
export const customerParts = { instanceType: "t4g.micro", rootDiskGib: 8 } as const;

/** A customer's account in a month, for a feed of so many zones: the machine that reads, and an endpoint to the brokers in each zone. */
export function customerCost(zones: number): readonly CostLine[] {
  const { instanceType, rootDiskGib } = customerParts;
  return [
    ...hourly("Feed", "connection to the brokers, by zone", zones, priceList.interfaceEndpointHour),
    ...hourly("Reader", `instance ${instanceType}`, 1, priceList.instanceHour[instanceType]),
    ...monthly("Reader", "disk, GiB", rootDiskGib, priceList.volume.gp3),
    ...hourly("Reader", "public address", 1, priceList.publicAddressHour),
  ];
}
