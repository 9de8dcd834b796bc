import { describe, expect, it } from "vitest";
import { upOptions } from "../../cli/up/options.ts";

const keys = { ALPACA_API_KEY: "id", ALPACA_SECRET_KEY: "secret" };

describe("upOptions", () => {
  it("takes the simulator where there are no keys, and the live feed where there are", () => {
    expect(upOptions({}, {}).feed).toEqual({ kind: "simulate" });
    expect(upOptions({}, keys).feed).toEqual({ kind: "live" });
    expect(upOptions({ feed: "simulate" }, keys).feed).toEqual({ kind: "simulate" });
  });

  it("takes one key without the other for none", () => {
    expect(upOptions({}, { ALPACA_API_KEY: "id" }).feed).toEqual({ kind: "simulate" });
  });

  it("takes a folder for a recording, and runs it at real time unless told otherwise", () => {
    const options = upOptions({ feed: "test", untilEnd: true }, {});
    expect(options).toMatchObject({ feed: { kind: "recording", directory: "test" }, speed: 1, untilEnd: true });
  });

  it.each([
    ["a folder that is not there", { feed: "no/such/folder" }],
    ["a file of entitlements that is not there", { entitlements: "no/such/file.yaml" }],
    ["the live feed without keys", { feed: "live" }],
    ["an end of what has none", { feed: "simulate", untilEnd: true }],
  ])("refuses %s", (_what, given) => {
    expect(() => upOptions(given, {})).toThrow();
  });

  it("refuses a speed for the live feed", () => {
    expect(() => upOptions({ speed: 2 }, keys)).toThrow(/--speed/);
  });
});
