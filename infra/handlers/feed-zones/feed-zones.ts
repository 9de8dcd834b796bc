import { PipelineError } from "../../../domain/errors.ts";
import type { FeedZonesAttributes } from "../properties.ts";

/**
 * What the customer's template is told of a cluster.
 * @param bootstrapBrokers of multi-VPC connectivity with SCRAM; empty where that is off
 * @throws PipelineError `badConfiguration` where a customer cannot connect
 */
export function feedZones(zoneIds: readonly string[], bootstrapBrokers: string): FeedZonesAttributes {
  // MSK does not say in which order it tells them, and a subnet that changes its zone is another subnet.
  const [zoneId1, zoneId2, zoneId3 = zoneId1] = zoneIds.toSorted();
  if (zoneId1 === undefined || zoneId2 === undefined || zoneId3 === undefined || zoneIds.length > 3) {
    throw new PipelineError(
      "badConfiguration",
      `The feed's cluster has ${zoneIds.length} zones, and 2 or 3 are known.`,
      {
        remedy: "Ask the provider whether the ARN is of the feed's cluster.",
      },
    );
  }
  if (bootstrapBrokers === "") {
    throw new PipelineError("badConfiguration", "The feed's cluster does not take connections from other accounts.", {
      remedy: "Ask the provider to deploy until multi-VPC connectivity is on, and deploy again.",
    });
  }
  return { zoneId1, zoneId2, zoneId3, bootstrapBrokers };
}
