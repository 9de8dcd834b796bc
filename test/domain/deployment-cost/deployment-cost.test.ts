import { describe, expect, it } from "vitest";
import { profiles } from "../../../domain/deployment/profiles.ts";
import type { Sizes } from "../../../domain/deployment/sizes.ts";
import { type CostLine, totalDollars } from "../../../domain/deployment-cost/cost-line.ts";
import { costTable } from "../../../domain/deployment-cost/cost-table.ts";
import { customerCost } from "../../../domain/deployment-cost/customer-cost.ts";
import { providerCost } from "../../../domain/deployment-cost/provider-cost.ts";
import { sampleCost } from "../../../domain/deployment-cost/sample-cost.ts";

const product = {
  name: "cut",
  symbols: ["AAPL"],
  kinds: ["candles"],
  columns: "*",
  delayMs: 0,
  shape: "record",
  topic: "{prefix}product.{product}",
} as const;
const entitlements = { products: [product], customers: [] };
const bill = (sizes: Sizes) => providerCost({ profile: "dev", sizes, entitlements, topicPrefix: "market." });
const dollarsOf = (lines: readonly CostLine[], group: string, item: RegExp) =>
  totalDollars(lines.filter((line) => line.group === group && item.test(line.item)));

describe("what a deployment costs in a month", () => {
  it("dev: the brokers and their disks are 302 dollars, the floor of the bill", () => {
    expect(dollarsOf(bill(profiles.dev), "Kafka", /^(brokers|storage)/)).toBeCloseTo(301.84, 2);
  });

  it("dev: what runs costs about 400 dollars; what CloudWatch asks for MSK's metrics by broker and topic comes on top", () => {
    const metrics = dollarsOf(bill(profiles.dev), "Kafka", /^metrics/);
    expect(totalDollars(bill(profiles.dev)) - metrics).toBeGreaterThan(380);
    expect(totalDollars(bill(profiles.dev)) - metrics).toBeLessThan(425);
    expect(metrics).toBeLessThan(50);
  });

  it("the AWS sample costs about 850 dollars", () => {
    expect(totalDollars(sampleCost())).toBeGreaterThan(835);
    expect(totalDollars(sampleCost())).toBeLessThan(865);
  });

  it("both accounts of dev cost less than three fifths of the sample's two", () => {
    const both = totalDollars(bill(profiles.dev)) + totalDollars(customerCost(profiles.dev.network.zones));
    expect(both).toBeLessThan(totalDollars(sampleCost()) * 0.6);
  });

  it("every type of the profiles has a price", () => {
    for (const sizes of Object.values(profiles)) {
      expect(bill(sizes).filter(({ dollars }) => dollars === null)).toEqual([]);
    }
  });

  it("a type without a price is told, and the sum leaves it out", () => {
    const lines = bill({ ...profiles.dev, brokers: { ...profiles.dev.brokers, instanceType: "kafka.m7g.16xlarge" } });
    expect(lines[0]).toMatchObject({ quantity: 2, dollarsEach: null, dollars: null });
    expect(totalDollars(lines)).toBeLessThan(200);
    expect(costTable(lines)).toMatch(/kafka\.m7g\.16xlarge +2 +no price +\?/);
  });

  it("machines without a way out pay for endpoints in every zone, and others for an address each", () => {
    const network = { ...profiles.dev.network, stages: "private" } as const;
    const [open, shut] = [bill(profiles.dev), bill({ ...profiles.dev, network })];
    expect(dollarsOf(shut, "Network", /endpoints/) / dollarsOf(open, "Network", /endpoints/)).toBe(6);
    expect(dollarsOf(open, "Stages", /addresses/)).toBeCloseTo(4 * 3.65, 6);
    expect(dollarsOf(shut, "Stages", /addresses/)).toBeCloseTo(3.65, 6);
  });

  it("each user of a customer has two secrets", () => {
    const customers = [{ name: "acme", account: "111122223333", products: ["cut"], users: ["a", "b"] }];
    const [none, two] = [[], customers].map((each) =>
      dollarsOf(
        providerCost({
          profile: "dev",
          sizes: profiles.dev,
          entitlements: { products: [product], customers: each },
          topicPrefix: "market.",
        }),
        "Secrets",
        /^secrets/,
      ),
    );
    expect((two ?? 0) - (none ?? 0)).toBeCloseTo(4 * 0.4, 6);
  });

  it("a file in which every product is read from the pipeline's own topics has no distributor to pay for", () => {
    const without = providerCost({
      profile: "dev",
      sizes: profiles.dev,
      entitlements: { products: [], customers: [] },
      topicPrefix: "market.",
    });
    expect(dollarsOf(without, "Stages", /distributor/)).toBe(0);
    expect(dollarsOf(bill(profiles.dev), "Stages", /distributor/)).toBeGreaterThan(6);
  });
});
