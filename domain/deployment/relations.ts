import type { Sizes } from "./sizes.ts";

/** What must hold between sizes, and no schema of one value can tell: each fault with its path. */
export function sizeFaults({ network, brokers, stages, search }: Sizes): readonly string[] {
  const faults: string[] = [];
  if (brokers.count % network.zones !== 0) {
    faults.push(
      `overrides.brokers.count: ${brokers.count} brokers cannot be the same number in each of ${network.zones} zones`,
    );
  }
  if (brokers.replicationFactor > brokers.count) {
    faults.push("overrides.brokers.replicationFactor: must not be more than there are brokers");
  }
  if (brokers.minInsyncReplicas >= brokers.replicationFactor) {
    // Else no broker could restart, as each update makes it, without writers being refused.
    faults.push("overrides.brokers.minInsyncReplicas: must be less than replicationFactor");
  }
  if (/^kafka\.t3\./.test(brokers.instanceType)) {
    faults.push("overrides.brokers.instanceType: t3 brokers run neither KRaft nor multi-VPC connectivity");
  }
  if (search.replicas >= search.nodes) {
    faults.push("overrides.search.replicas: must be less than nodes, or copies have nowhere to be");
  }
  for (const [name, stage] of Object.entries(stages)) {
    if ("instancesMin" in stage && stage.instancesMin > stage.instancesMax) {
      faults.push(`overrides.stages.${name}.instancesMin: must not be more than instancesMax`);
    }
  }
  return faults;
}
