import { expect, it } from "vitest";
import { tooLate, within } from "../../../runtime/clock/within.ts";

it("work that is done in time gives its result, and what it fails with", async () => {
  expect(await within(Promise.resolve(7), 60_000)).toBe(7);
  await expect(within(Promise.reject(new Error("its own")), 60_000)).rejects.toThrow("its own");
});

it("work that never ends is too late", async () => {
  expect(await within(new Promise(() => {}), 5)).toBe(tooLate);
});
