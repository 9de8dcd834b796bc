import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { App, type Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";
import type { Template as PlainTemplate } from "../../infra/guards/template.ts";
import { ProviderStack } from "../../infra/provider/provider-stack.ts";
import type { CustomerDeployment, ProviderDeployment } from "../../runtime/deployment/deployment.ts";
import { loadDeployment } from "../../runtime/deployment/load.ts";
import { emptyStageFiles } from "./stage-files.ts";

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * An app with the feature flags of cdk.json, so that tests synthesise what the command line does. What CDK itself validates takes seconds of each
 * synthesis, and is left to the command line's tests.
 */
export function testApp(): App {
  process.env["CDK_VALIDATION"] = "false";
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

/** The example with brokers of other sizes. */
export function withBrokers(brokers: Partial<ProviderDeployment["sizes"]["brokers"]>): ProviderDeployment {
  const example = exampleProvider();
  const { sizes } = example;
  return { ...example, sizes: { ...sizes, brokers: { ...sizes.brokers, ...brokers } } };
}

/** The example with other entitlements. */
export function withEntitlements(entitlementsText: string): ProviderDeployment {
  const example = exampleProvider();
  return { ...example, entitlementsText, entitlements: parseEntitlements(entitlementsText, example.topicPrefix) };
}

const noFiles = emptyStageFiles();

/** The provider's stack, its machines' software left out. */
export function providerStack(deployment: ProviderDeployment): ProviderStack {
  return new ProviderStack(testApp(), deployment, noFiles);
}

/** What a stack synthesises to. */
export function templateOf(stack: Stack): PlainTemplate {
  return Template.fromStack(stack).toJSON();
}
