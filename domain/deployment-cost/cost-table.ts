import { alignedColumns } from "../aligned-columns.ts";
import { type CostLine, totalDollars } from "./cost-line.ts";
import { priceList } from "./price-list.ts";

/** A monthly bill as a table for a person: a line for each item, and the sum. Ends with a line feed. */
export function costTable(lines: readonly CostLine[]): string {
  const rows = [
    ["", "", "quantity", "$ each", "$ a month"],
    ...lines.map(({ group, item, quantity, dollarsEach, dollars }, index) => [
      lines[index - 1]?.group === group ? "" : group,
      item,
      quantity.toLocaleString("en-US"),
      dollarsEach === null ? "no price" : money(dollarsEach),
      dollars === null ? "?" : money(dollars),
    ]),
    ["all", "", "", "", money(totalDollars(lines))],
  ];
  return `${alignedColumns(rows, 2).join("\n")}\n`;
}

/** What a table of these prices takes for given, and what is not in it. A sentence each. */
export const costAssumptions: readonly string[] = [
  `List prices of ${priceList.region}, on demand, without tax, free tier or discount, gone through on ${priceList.asOf}.`,
  `A month of ${priceList.hoursPerMonth} hours; each stage with its smallest number of instances.`,
  "Not in it, since it goes with the traffic: bytes between zones, through PrivateLink and to the internet, requests, logs, snapshots.",
];

function money(dollars: number): string {
  return dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
