import { expect, it } from "vitest";
import { z } from "zod";
import { environmentHelp } from "../../cli/help.ts";

it("a variable that a command has made optional keeps its description", () => {
  const variables = z.object({ KAFKA_BROKERS: z.string().describe("Addresses of brokers") });
  expect(environmentHelp(variables)).toContain("Addresses of brokers (required)");
  expect(environmentHelp(variables.partial())).toMatch(/KAFKA_BROKERS +Addresses of brokers\n/);
});
