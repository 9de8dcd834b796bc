import { propertiesOf, type ResourceEvent, type ResourceResponse } from "../custom-resource.ts";
import { clientSubnetsProperties } from "../properties.ts";
import { subnetPerZone } from "./subnet-per-zone.ts";

/** Answers with one subnet for each zone of the cluster. Makes nothing, so that there is nothing to update or delete. */
export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  if (event.RequestType === "Delete") return {};
  const { zoneIds, subnetIds } = propertiesOf(clientSubnetsProperties, event);
  return { PhysicalResourceId: "client-subnets", Data: { subnetIds: subnetPerZone(zoneIds, subnetIds) } };
}
