import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { guardsPlugin } from "./guards-plugin.ts";

/** Makes a synthesis of this app fail on whatever our own guards or cdk-nag's AwsSolutions find and nobody has acknowledged with a reason. */
export function guardApp(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }), guardsPlugin());
}
