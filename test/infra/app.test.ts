import { type App, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { profiles } from "../../domain/deployment/profiles.ts";
import { createApp } from "../../infra/app.ts";
import { acknowledgeWildcards } from "../../infra/guards/acknowledge.ts";
import { guardFindings } from "../../infra/guards/guards.ts";
import { guardsPlugin } from "../../infra/guards/guards-plugin.ts";
import type { Deployment } from "../../runtime/deployment/deployment.ts";
import { exampleCustomer, exampleProvider, testApp } from "../support/infra-app.ts";
import { emptyStageFiles } from "../support/stage-files.ts";

const planted = "planted-value-of-a-secret";
for (const name of ["ALPACA_API_KEY", "ALPACA_SECRET_KEY", "KAFKA_SASL_PASSWORD", "OPENSEARCH_PASSWORD"]) {
  process.env[name] = planted;
}

function findings(app: App): readonly string[] {
  return new AwsSolutionsChecks(app)
    .validateScope(app)
    .violations.map(({ ruleName, violatingResources }) => `${ruleName} ${violatingResources[0]?.constructPath}`);
}

const examples: readonly [what: string, deployment: Deployment][] = [
  ["the provider's account, dev", exampleProvider()],
  ["the provider's account, prod", exampleProvider({ profile: "prod", sizes: profiles.prod })],
  ["a customer's account", exampleCustomer()],
];

it.each(examples)("%s: synthesises with nothing looked up, and passes every guard and cdk-nag", (_, deployment) => {
  const app = createApp(deployment, testApp(), emptyStageFiles());
  const { manifest, stacks } = app.synth();
  expect(manifest.missing).toBeUndefined();
  expect(stacks).toHaveLength(1);
  expect(guardFindings(stacks[0]?.template)).toEqual([]);
  expect(findings(app)).toEqual([]);
  // Whoever synthesises may have keys in their environment.
  expect(JSON.stringify(stacks[0]?.template)).not.toContain(planted);
});

const wide = () => new PolicyStatement({ actions: ["s3:GetObject"], resources: ["*"] });

/** A role with one statement, alone in an app. */
function roleWith(statement: PolicyStatement): { readonly app: App; readonly role: Role } {
  const app = testApp();
  const role = new Role(new Stack(app, "Planted"), "Role", { assumedBy: new ServicePrincipal("ec2.amazonaws.com") });
  role.addToPolicy(statement);
  return { app, role };
}

it("a wildcard without a written reason is found", () => {
  const { app } = roleWith(wide());
  expect(findings(app)).toEqual([expect.stringContaining("AwsSolutions-IAM5[Resource::*]")]);
});

it("a wildcard that is acknowledged passes, and one that is added to it does not", () => {
  const { app, role } = roleWith(wide());
  acknowledgeWildcards(role, [wide()], "A test's own reason.");
  expect(findings(app)).toEqual([]);
  role.addToPolicy(new PolicyStatement({ actions: ["s3:Get*"], resources: ["arn:aws:s3:::bucket/*"] }));
  expect(findings(app)).toHaveLength(2);
});

it("our own guards are part of the synthesis, which tells what they found", () => {
  const app = testApp();
  const stack = new Stack(app, "Planted");
  const role = new Role(stack, "Role", { assumedBy: new ServicePrincipal("ec2.amazonaws.com") });
  role.addToPolicy(new PolicyStatement({ actions: ["*"], resources: ["*"] }));
  const assembly = app.synth();
  const { success, violations } = guardsPlugin().validate({
    appConstruct: app,
    templatePaths: [],
    stackTemplates: assembly.stacks.map(({ templateFullPath: templatePath }) => ({
      templatePath,
      stackConstructPath: "Planted",
      accountId: undefined,
      region: undefined,
    })),
  });
  expect([success, violations.map(({ ruleName }) => ruleName)]).toEqual([false, ["every-action"]]);
});
