import type { App } from "aws-cdk-lib";
import type { Deployment } from "../runtime/deployment/deployment.ts";
import { CustomerStack } from "./customer/customer-stack.ts";
import { guardApp } from "./guards/guard-app.ts";
import { ProviderStack } from "./provider/provider-stack.ts";

/** Puts the one stack of a deployment into an app, and guards over it; nothing is looked up, and nothing of AWS is asked. */
export function createApp(deployment: Deployment, app: App): App {
  if (deployment.deployment === "provider") new ProviderStack(app, deployment);
  else new CustomerStack(app, deployment);
  guardApp(app);
  return app;
}
