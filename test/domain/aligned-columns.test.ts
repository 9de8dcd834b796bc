import { expect, it } from "vitest";
import { alignedColumns } from "../../domain/aligned-columns.ts";

it("columns of text begin together, those of numbers end together, and no line ends in spaces", () => {
  const rows = [
    ["index", "of", "count"],
    ["market-quotes", "all", "12"],
    ["x", "", "100000"],
    ["total", "some", ""],
  ];
  expect(alignedColumns(rows, 2)).toEqual([
    "index          of     count",
    "market-quotes  all       12",
    "x                    100000",
    "total          some",
  ]);
});
