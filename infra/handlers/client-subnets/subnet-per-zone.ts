/**
 * The first subnet of each zone, in the order of the zones. MSK wants as many subnets as the cluster has zones, one in each: how many that are is known when
 * the template is deployed only, so that it has three subnets, of which the third may stand in the first one's zone.
 * @throws Error where there are not as many subnets as zones
 */
export function subnetPerZone(zoneIds: readonly string[], subnetIds: readonly string[]): readonly string[] {
  if (zoneIds.length !== subnetIds.length) {
    throw new Error(`There are ${subnetIds.length} subnets for ${zoneIds.length} zones.`);
  }
  return subnetIds.filter((_subnet, at) => zoneIds.indexOf(zoneIds[at] ?? "") === at);
}
