import { describe, expect, it } from "vitest";
import { environmentFile } from "../../../../infra/provider/stages/environment-file.ts";

describe("a machine's environment", () => {
  it("keeps blanks, stars and quotes as they are", () => {
    expect(environmentFile({ B: 'say "so" \\ once', A: "*" })).toBe('A="*"\nB="say \\"so\\" \\\\ once"\n');
  });

  it("refuses what would hold a secret's value, and takes its id", () => {
    for (const name of ["ALPACA_SECRET_KEY", "ALPACA_API_KEY", "KAFKA_SASL_PASSWORD", "OPENSEARCH_PASSWORD"]) {
      expect(() => environmentFile({ [name]: "x" })).toThrow(name);
    }
    expect(environmentFile({ ALPACA_SECRET_ID: "arn" })).toBe('ALPACA_SECRET_ID="arn"\n');
  });

  it("refuses a value that would be two variables", () => {
    expect(() => environmentFile({ A: "x\nB=y" })).toThrow(/line break/);
  });
});
