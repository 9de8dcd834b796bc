import { expect, it } from "vitest";
import { TransactionPace } from "../../../enricher/unit/transaction-pace.ts";

function gatherAfter(ms: number, transactions: number): number {
  const pace = new TransactionPace();
  for (let count = 0; count < transactions; count++) pace.took(ms);
  return pace.gatherMs;
}

it("records gather longer than transactions take", () => {
  expect(gatherAfter(4, 100)).toBeCloseTo(12, 1);
});

it("where transactions take long, the pause is bounded: it would not make them shorter", () => {
  expect(gatherAfter(500, 100)).toBe(25);
});

it("one that took long changes little, and many do", () => {
  const pace = new TransactionPace();
  const before = pace.gatherMs;
  pace.took(10);
  expect(pace.gatherMs - before).toBeLessThan(3);
  for (let count = 0; count < 80; count++) pace.took(6);
  expect(pace.gatherMs).toBeCloseTo(18, 1);
});
