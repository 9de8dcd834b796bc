import { Command } from "commander";
import type { CostFlags } from "../cost/show-cost.ts";
import { runCommand } from "../run-command.ts";

/** `bellwether cost`: what a deployment's file costs in a month. */
export function costCommand(): Command {
  return new Command("cost")
    .description("What a deployment costs in a month, by list prices; asks nothing of AWS")
    .option("--config <file>", "the deployment's file", "deployment.yaml")
    .option("--json", "the lines, their sum and what they assume, as one JSON line")
    .action((options: CostFlags) => runCommand(async () => (await import("../cost/show-cost.ts")).showCost(options)));
}
