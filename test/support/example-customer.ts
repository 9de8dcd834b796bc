import { fileURLToPath } from "node:url";
import type { CustomerDeployment } from "../../runtime/deployment/deployment.ts";
import { loadDeployment } from "../../runtime/deployment/load.ts";

/** The example of a customer's deployment. */
export function exampleCustomer(): CustomerDeployment {
  const file = fileURLToPath(new URL("../../examples/deployment.customer.yaml", import.meta.url));
  const deployment = loadDeployment(file);
  if (deployment.deployment !== "customer") throw new Error("the example is not a customer's");
  return deployment;
}
