import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { CustomerDeployment } from "../../runtime/deployment/deployment.ts";

/** Everything of a customer's account: one stack, for whichever account deploys it. */
export class CustomerStack extends Stack {
  constructor(scope: Construct, deployment: CustomerDeployment) {
    super(scope, "bellwether-customer", { env: { region: deployment.region } });
  }
}
