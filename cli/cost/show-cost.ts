import { type CostLine, totalDollars } from "../../domain/deployment-cost/cost-line.ts";
import { costAssumptions, costTable } from "../../domain/deployment-cost/cost-table.ts";
import { customerCost } from "../../domain/deployment-cost/customer-cost.ts";
import { priceList } from "../../domain/deployment-cost/price-list.ts";
import { providerCost } from "../../domain/deployment-cost/provider-cost.ts";
import { loadDeployment } from "../../runtime/deployment/load.ts";

export interface CostFlags {
  readonly config: string;
  readonly json?: boolean;
}

/** Zones of a feed that a customer's file cannot tell: the dearer case. */
const feedZonesMax = 3;

/** Prints what a deployment costs in a month, as a table or one JSON line. */
export function showCost({ config, json }: CostFlags): void {
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
