import type { App } from "aws-cdk-lib";
import type { Deployment } from "../runtime/deployment/deployment.ts";
import type { StageFiles } from "./artefacts/stage-artefact.ts";
import { CustomerStack } from "./customer/customer-stack.ts";
import { guardApp } from "./guards/guard-app.ts";
import { ProviderStack } from "./provider/provider-stack.ts";

/**
 * Puts the one stack of a deployment into an app, and guards over it; nothing is looked up, and nothing of AWS is asked.
 * @param files - where the machines' software is. @default what `stageFiles` makes
 */
export function createApp(deployment: Deployment, app: App, files?: StageFiles): App {
  if (deployment.deployment === "provider") new ProviderStack(app, deployment, files);
  else new CustomerStack(app, deployment, files);
  guardApp(app);
  return app;
}
