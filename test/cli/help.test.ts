import { expect, it } from "vitest";
import { z } from "zod";
import { environmentHelp } from "../../cli/help.ts";

it("a variable that a command has made optional keeps its description", () => {
  const variables = z.object({ KAFKA_BROKERS: z.string().describe("Addresses of brokers") });
  expect(environmentHelp(variables)).toContain("Addresses of brokers (required)");
  expect(environmentHelp(variables.partial())).toMatch(/KAFKA_BROKERS +Addresses of brokers\n/);
});

it("a variable's words and its default stand behind what it does, in a column of their own however long a name is", () => {
  const variables = z.object({
    LOG: z.enum(["debug", "info", "warn"]).default("info").describe("Least important line"),
    A_NAME_THAT_IS_LONGER_THAN_ALL_OTHERS: z
      .enum(["true", "false"])
      .transform((text) => text === "true")
      .default(false)
      .describe("A flag"),
  });
  expect(environmentHelp(variables, "Also")).toBe(`
Also:
  LOG                                    Least important line (debug, info or warn; default: info)
  A_NAME_THAT_IS_LONGER_THAN_ALL_OTHERS  A flag (true or false; default: false)
`);
});
