import { readFileSync } from "node:fs";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { totalDollars } from "../../domain/deployment-cost/cost-line.ts";
import { costTable } from "../../domain/deployment-cost/cost-table.ts";
import { customerCost } from "../../domain/deployment-cost/customer-cost.ts";
import { providerCost } from "../../domain/deployment-cost/provider-cost.ts";
import { sampleCost } from "../../domain/deployment-cost/sample-cost.ts";
import { CustomerStack } from "../../infra/customer/customer-stack.ts";
import { ProviderStack } from "../../infra/provider/provider-stack.ts";
import { exampleCustomer, exampleProvider, testApp } from "../support/infra-app.ts";
import { emptyStageFiles } from "../support/stage-files.ts";

const page = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `((?:AWS|Custom)::\S+)` \| (\d*) \| (\d*) \| (\d*) \| (\d*) \|/gm)].map(
  ([, type = "", ...counts]) => ({ type, counts: counts.map(Number) }),
);

/** The page's column as the number of each type. */
const column = (index: number) =>
  Object.fromEntries(rows.flatMap(({ type, counts }) => (counts[index] ? [[type, counts[index]]] : [])));

function typesOf(template: Template): Record<string, number> {
  const counts: Record<string, number> = {};
  const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> };
  for (const { Type } of Object.values(Resources)) counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, each) => total + each, 0);
const money = (dollars: number) =>
  dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

describe("docs/deploy.md", () => {
  it("counts what the provider's template has", () => {
    const stack = new ProviderStack(testApp(), exampleProvider(), emptyStageFiles());
    expect(column(1)).toEqual(typesOf(Template.fromStack(stack)));
  }, 240_000);

  it("counts what a customer's template has", () => {
    const stack = new CustomerStack(testApp(), exampleCustomer(), emptyStageFiles());
    expect(column(3)).toEqual(typesOf(Template.fromStack(stack)));
  });

  it("counts the sample's 75 and 45 resources, and sums all columns", () => {
    expect([sum(column(0)), sum(column(2))]).toEqual([75, 45]);
    const sums = [0, 1, 2, 3].map((index) => `**${sum(column(index))}**`);
    expect(page).toContain(`| **all** | ${sums.join(" | ")} | |`);
  });

  it("shows the table that the command prints, and its sums", () => {
    const lines = providerCost(exampleProvider());
    const customer = totalDollars(customerCost(2));
    expect(page).toContain(costTable(lines).trimEnd());
    expect(page).toContain(`| \`dev\` | ${money(totalDollars(lines) + customer)} |`);
    expect(page).toContain(`with its own parameters | ${money(totalDollars(sampleCost()))} |`);
    expect(page).toContain(`a feed of two zones: ${money(customer)} dollars`);
  });

  it("tells what each level of MSK's metrics costs", () => {
    const example = exampleProvider();
    for (const monitoring of ["PER_TOPIC_PER_BROKER", "PER_BROKER", "DEFAULT"] as const) {
      const brokers = { ...example.sizes.brokers, monitoring };
      const lines = providerCost({ ...example, sizes: { ...example.sizes, brokers } });
      const row = page.split("\n").find((line) => line.trim().startsWith(`| \`${monitoring}\``));
      expect(row).toMatch(new RegExp(`\\| ${money(totalDollars(lines)).replace(".", "\\.")} \\|$`));
    }
  });
});
