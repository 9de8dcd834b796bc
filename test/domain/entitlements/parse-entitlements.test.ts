import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";
import { PipelineError } from "../../../domain/errors.ts";

/** The faults as lines without indent. */
function faultsOf(text: string, prefix = "market."): readonly string[] {
  try {
    parseEntitlements(text, prefix);
    return [];
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    expect(error.code).toBe("badConfiguration");
    return error.message
      .split("\n")
      .filter((line) => line.startsWith("  "))
      .map((line) => line.trim());
  }
}

const customers = `customers:
  acme: { account: "111122223333", products: [p], users: [alice] }
`;

it("the example file is good, and what it leaves out has defaults", () => {
  const { products, customers: known } = parseEntitlements(
    readFileSync("examples/entitlements.yaml", "utf8"),
    "market.",
  );
  expect(products.map(({ name }) => name)).toEqual(["full-feed", "delayed-tech", "minute-bars"]);
  expect(products[0]).toEqual({
    name: "full-feed",
    symbols: "*",
    kinds: ["quotes", "trades", "candles", "alerts"],
    columns: "*",
    delayMs: 0,
    shape: "record",
    topic: "{prefix}product.{product}",
  });
  expect(products[1]?.delayMs).toBe(900_000);
  expect(known[1]).toEqual({
    name: "beta",
    account: "444455556666",
    products: ["delayed-tech", "minute-bars"],
    users: ["beta_desk", "beta_risk"],
  });
});

it("all that is wrong in the parts of the file is told at once, each with its line", () => {
  const text = `
productz: 1
products:
  A_b: {symbols: "*", kinds: [quotes]}
  ok:
    symbols: [AAPL, aapl, AAPL]
    kinds: [quotes, books]
    delay: 15
    foo: 1
  part: {symbols: 5}
customers:
  c: {account: 012345678901, products: [], users: [a-b]}
`;
  expect(faultsOf(text)).toEqual([
    "line 2: productz: is unknown here",
    "line 4: products.A_b: the name of a product is lower-case letters, digits and hyphens",
    'line 6: products.ok.symbols "aapl": must be a symbol: upper-case letters, digits, dot',
    'line 6: products.ok.symbols "AAPL": stands twice',
    'line 7: products.ok.kinds "books": must be one of quotes, trades, candles, alerts',
    'line 8: products.ok.delay: must be a length of time like "15m"',
    "line 9: products.ok.foo: is unknown here",
    'line 10: products.part.symbols: must be "*" or a list',
    "line 10: products.part.kinds: is missing",
    "line 12: customers.c.account: must be text: put quotes around it, or leading zeros are lost",
    "line 12: customers.c.products: must hold one at least",
    'line 12: customers.c.users "a-b": must be a user name: lower-case letters, digits and underscores, no hyphen',
  ]);
});

it("all that does not fit together is told at once too", () => {
  const text = `
products:
  p: {symbols: "*", kinds: [quotes], columns: [bidPrice, vwap], topic: "{symbol}x"}
  q: {symbols: [BRK/B], kinds: [quotes], topic: "{symbol}x{foo}"}
  r: {symbols: [BRK/B], kinds: [quotes], topic: "{symbol}x", shape: bar, columns: [bidPrice]}
customers:
  c: {account: "012345678901", products: [zz], users: [admin, x]}
  d: {account: "012345678901", products: [p], users: [x]}
`;
  expect(faultsOf(text)).toEqual([
    'line 3: products.p.columns "vwap": no record of quotes has it',
    "line 3: products.p.topic: with {symbol} needs the symbols listed",
    "line 4: products.q.topic: knows {prefix}, {product} and {symbol} only, not {foo}",
    "line 5: products.r.kinds: must be [candles] where the shape is bar",
    "line 5: products.r.columns: must be left out where the shape is bar",
    "line 5: products.r.topic: gives brk/bx, which Kafka does not take as a topic's name",
    'line 7: customers.c.products "zz": there is no such product',
    'line 7: customers.c.users "admin": is a user of the pipeline\'s own',
    'line 8: customers.d.users "x": is a user of c already',
  ]);
});

it.each(["market.raw", "market.enriched", "market.later", "market_raw", "__transaction_state"])(
  "no product has the topic %s: it is the pipeline's or Kafka's own",
  (topic) => {
    expect(faultsOf(`products:\n  p: {symbols: "*", kinds: [quotes], topic: ${topic}}\n${customers}`)).toEqual([
      `line 2: products.p.topic: gives ${topic}: what begins so is not for products`,
    ]);
  },
);

it("no two products share a topic, nor have topics that differ in dots and underscores only, which Kafka refuses", () => {
  const two = (one: string, other: string) =>
    `products:\n  p: {symbols: [AMZN], kinds: [quotes], topic: "${one}"}\n  q: {symbols: [AMZN], kinds: [quotes], topic: "${other}"}\n${customers}`;
  expect(faultsOf(two("{symbol}x", "amznx"))).toEqual(["line 3: products.q.topic: gives amznx, as the product p does"]);
  expect(faultsOf(two("a.b", "a_b"))).toEqual(["line 3: products.q.topic: gives a_b, as the product p does"]);
});

it("a user's right to groups does not reach those of the stages, whatever the prefix is", () => {
  const text = `products:\n  p: {symbols: "*", kinds: [quotes]}\n${customers}`;
  expect(faultsOf(text, "alice-")).toEqual(['line 4: customers.acme.users "alice": begins TOPIC_PREFIX alice-']);
  expect(faultsOf(text, "alice2-")).toEqual([]);
});

it("text that is no YAML, a key twice, or another shape altogether is told with its line", () => {
  expect(faultsOf("a: [")[0]).toMatch(/^line 1: Flow sequence/);
  expect(faultsOf(`products: {}\nproducts: {}\n${customers}`)).toEqual(["line 2: Map keys must be unique"]);
  expect(faultsOf("- a")[0]).toMatch(/^line 1: .*expected object/);
  expect(faultsOf("")).toEqual(["line 1: products: is missing", "line 1: customers: is missing"]);
});
