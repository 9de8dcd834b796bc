import { describe, expect, it } from "vitest";
import { recordCount, startFrom } from "../../cli/arguments.ts";

describe("--from", () => {
  it("takes both ends, and a time with its zone", () => {
    expect(["beginning", "latest"].map(startFrom)).toEqual(["beginning", "latest"]);
    expect(startFrom("2026-01-05T14:30:00Z")).toEqual(new Date(Date.UTC(2026, 0, 5, 14, 30)));
    expect(startFrom("2026-01-05T09:30:00.25-05:00")).toEqual(new Date(Date.UTC(2026, 0, 5, 14, 30, 0, 250)));
  });

  it.each(["5", "2026", "2026-01-05", "2026-01-05T14:30:00", "2026-02-30T00:00:00Z", "Jan 5 2026", "yesterday", ""])(
    "refuses %j, which is no time of RFC 3339",
    (text) => {
      expect(() => startFrom(text)).toThrow(/2026-01-05T14:30:00Z/);
    },
  );
});

describe("--count", () => {
  it("is a whole number from 1", () => {
    expect(recordCount("7")).toBe(7);
    for (const text of ["0", "-1", "1.5", "x", ""]) expect(() => recordCount(text)).toThrow(/from 1/);
  });
});
