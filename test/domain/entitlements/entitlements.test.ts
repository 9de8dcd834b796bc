import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultTopicTemplate, type Product, productTopics } from "../../../domain/entitlements/entitlements.ts";
import { groupPrefixOf, identitiesOf, ownerOfSecret, userOfIdentity } from "../../../domain/entitlements/identities.ts";

const full: Product = {
  name: "full",
  symbols: "*",
  kinds: ["quotes", "trades", "candles", "alerts"],
  columns: "*",
  delayMs: 0,
  shape: "record",
  topic: defaultTopicTemplate,
};
const namesOf = (product: Product) => productTopics(product, "market.").map(({ topic }) => topic);

describe("topics of a product", () => {
  it("the full feed is the pipeline's own topics, as far as its kinds go", () => {
    expect(namesOf(full)).toEqual(["market.enriched", "market.candles", "market.alerts"]);
    expect(namesOf({ ...full, kinds: ["candles"] })).toEqual(["market.candles"]);
    expect(namesOf({ ...full, kinds: ["trades", "quotes"] })).toEqual(["market.enriched"]);
    expect(productTopics(full, "market.").every(({ owner }) => owner === "pipeline")).toBe(true);
  });

  it("whoever bought quotes alone does not read the topic that has trades too", () => {
    expect(namesOf({ ...full, kinds: ["quotes"] })).toEqual(["market.product.full"]);
    expect(namesOf({ ...full, kinds: ["trades", "candles"] })).toEqual(["market.product.full"]);
  });

  it.each([
    ["symbols", { symbols: ["AAPL"] }],
    ["columns", { columns: ["bidPrice"] }],
    ["a delay", { delayMs: 1 }],
    ["a topic", { topic: "elsewhere" }],
    ["the shape bar", { kinds: ["candles"], shape: "bar" }],
  ] as const)(
    "a product with %s of its own has a topic of its own, with the pipeline's partition count",
    (_, change) => {
      const [topic, ...more] = productTopics({ ...full, ...change }, "market.");
      expect(more).toEqual([]);
      expect(topic).toMatchObject({ owner: "product", partitions: 12, symbol: null });
    },
  );

  it("a template with {symbol} makes one topic of one partition for each symbol, in lower case", () => {
    const product: Product = { ...full, symbols: ["AMZN", "BRK.B"], topic: "{symbol}enhanced" };
    expect(productTopics(product, "market.")).toMatchObject([
      { topic: "amznenhanced", partitions: 1, symbol: "AMZN", owner: "product" },
      { topic: "brk.benhanced", partitions: 1, symbol: "BRK.B", owner: "product" },
    ]);
  });
});

const user = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);

describe("users", () => {
  it("no user's groups or identities are another's, however alike the names are", () => {
    fc.assert(
      fc.property(
        user,
        fc.oneof(
          user,
          user.map((name) => `${name}2`),
        ),
        fc.string(),
        (one, other, rest) => {
          fc.pre(one !== other);
          for (const { username } of identitiesOf(other, "market.")) {
            expect(userOfIdentity(username)).toBe(other);
            // Its groups begin with its name and a hyphen, those of the second identity too.
            expect(`${username}-${rest}`.startsWith(groupPrefixOf(one))).toBe(false);
            expect(`${username}-${rest}`.startsWith(groupPrefixOf(other))).toBe(true);
          }
        },
      ),
    );
  });

  it("a secret tells whose it is, and another deployment's is nobody's", () => {
    expect(ownerOfSecret("AmazonMSK_market.alice-2", "market.")).toEqual({ customer: null, user: "alice" });
    expect(ownerOfSecret("market.customer.acme-inc.alice", "market.")).toEqual({ customer: "acme-inc", user: "alice" });
    for (const other of [
      "AmazonMSK_other.alice",
      "other.customer.acme.alice",
      "AmazonMSK_market.x.alice",
      "market.raw",
    ])
      expect(ownerOfSecret(other, "market.")).toBeNull();
  });
});
