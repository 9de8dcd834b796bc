import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { ProviderDeployment } from "../../runtime/deployment/deployment.ts";

/** Everything of the provider's account: one stack, one deployment. */
export class ProviderStack extends Stack {
  readonly deployment: ProviderDeployment;

  constructor(scope: Construct, deployment: ProviderDeployment) {
    const { account, region, name } = deployment;
    super(scope, name, { env: { account, region }, stackName: name });
    this.deployment = deployment;
  }

  /** Zones by the region's own names, with no look-up. */
  override get availabilityZones(): string[] {
    const { region, sizes } = this.deployment;
    return ["a", "b", "c"].slice(0, sizes.network.zones).map((letter) => `${region}${letter}`);
  }
}
