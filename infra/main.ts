import { App } from "aws-cdk-lib";
import { PipelineError } from "../domain/errors.ts";
import { loadDeployment } from "../runtime/deployment/load.ts";
import { createApp } from "./app.ts";

/** What `npx cdk` runs (cdk.json): the stack of the file that `-c config=PATH` names, by default deployment.yaml. */
function main(): void {
  const app = new App();
  try {
    createApp(loadDeployment(String(app.node.tryGetContext("config") ?? "deployment.yaml")), app).synth();
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    process.stderr.write(`bellwether: ${error.line}\n`);
    process.exitCode = 1;
  }
}

main();
