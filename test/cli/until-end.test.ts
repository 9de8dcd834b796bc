import { expect, it } from "vitest";
import { reached } from "../../cli/up/until-end.ts";

const at = (offset: number, partition = 0) => ({ topic: "market.raw", partition, offset });

it("an end is reached by a position at it or past it, since transaction markers take offsets", () => {
  expect(reached([at(10)], [at(10)])).toBe(true);
  expect(reached([at(11)], [at(10)])).toBe(true);
  expect(reached([at(9)], [at(10)])).toBe(false);
});

it("every partition with records must be reached, and an empty one need not be read", () => {
  expect(reached([at(10)], [at(10), at(0, 1)])).toBe(true);
  expect(reached([at(10)], [at(10), at(1, 1)])).toBe(false);
});
