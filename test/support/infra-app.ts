import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import type { CustomerDeployment, ProviderDeployment } from "../../runtime/deployment/deployment.ts";
import { loadDeployment } from "../../runtime/deployment/load.ts";

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** An app with the feature flags of cdk.json, so that tests synthesise what the command line does. */
export function testApp(): App {
  const { context } = JSON.parse(readFileSync(file("cdk.json"), "utf8")) as { context: Record<string, unknown> };
  return new App({ context, analyticsReporting: false });
}

/** The example of a provider's deployment, of which a test can change parts. */
export function exampleProvider(changes: Partial<ProviderDeployment> = {}): ProviderDeployment {
  const deployment = loadDeployment(file("examples/deployment.provider.yaml"));
  if (deployment.deployment !== "provider") throw new Error("the example is not a provider's");
  return { ...deployment, ...changes };
}

/** The example of a customer's deployment. */
export function exampleCustomer(): CustomerDeployment {
  const deployment = loadDeployment(file("examples/deployment.customer.yaml"));
  if (deployment.deployment !== "customer") throw new Error("the example is not a customer's");
  return deployment;
}
