import { Command } from "commander";
import { type CostLine, totalDollars } from "../../domain/deployment-cost/cost-line.ts";
import { costAssumptions, costTable } from "../../domain/deployment-cost/cost-table.ts";
import { customerCost } from "../../domain/deployment-cost/customer-cost.ts";
import { priceList } from "../../domain/deployment-cost/price-list.ts";
import { providerCost } from "../../domain/deployment-cost/provider-cost.ts";
import { runCommand } from "../run-command.ts";

/** Zones of a feed that a customer's file cannot tell: the dearer case. */
const feedZonesMax = 3;

/** `bellwether cost`: what a deployment's file costs in a month. */
export function costCommand(): Command {
  return new Command("cost")
    .description("What a deployment costs in a month, by list prices; asks nothing of AWS")
    .option("--config <file>", "the deployment's file", "deployment.yaml")
    .option("--json", "the lines, their sum and what they assume, as one JSON line")
    .action((options: { readonly config: string; readonly json?: boolean }) => runCommand(() => showCost(options)));
}

async function showCost({ config, json }: { readonly config: string; readonly json?: boolean }): Promise<void> {
  const { loadDeployment } = await import("../../runtime/deployment/load.ts");
  const deployment = loadDeployment(config);
  const isProvider = deployment.deployment === "provider";
  const lines = isProvider ? providerCost(deployment) : customerCost(feedZonesMax);
  const assumptions = isProvider ? costAssumptions : [...costAssumptions, "A feed of three zones."];
  process.stdout.write(json === true ? jsonLine(lines, assumptions) : costText(lines, assumptions));
  if (isProvider && json !== true && totalDollars(lines) > deployment.alarms.monthlyBudgetDollars) {
    process.stdout.write(`More than the budget of ${deployment.alarms.monthlyBudgetDollars} dollars in ${config}.\n`);
  }
}

function costText(lines: readonly CostLine[], assumptions: readonly string[]): string {
  return `${costTable(lines)}\n${assumptions.join("\n")}\n`;
}

function jsonLine(lines: readonly CostLine[], assumptions: readonly string[]): string {
  const { asOf, region } = priceList;
  return `${JSON.stringify({ dollarsAMonth: totalDollars(lines), lines, pricesAsOf: asOf, region, assumptions })}\n`;
}
