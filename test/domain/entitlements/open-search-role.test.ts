import { expect, it } from "vitest";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";
import { indexPattern, indexPrefixOf } from "../../../indexer/index-names.ts";
import { kindNames } from "../../../indexer/kinds.ts";

const products = `products:
  full: { symbols: "*", kinds: [quotes, trades] }
  tech: { symbols: [AAPL, MSFT], kinds: [quotes], columns: [bidPrice, windows] }
  late: { symbols: "*", kinds: [quotes, candles], delay: 15m }
  cars: { symbols: [TSLA], kinds: [quotes], columns: [askPrice, windows] }
  bars: { symbols: [AMZN], kinds: [candles], shape: bar, topic: "{symbol}enhanced" }
`;

/** The permissions of a customer that buys these products, by index pattern. */
function permissionsOf(bought: string) {
  const customers = `customers:\n  acme: { account: "111122223333", products: ${bought}, users: [alice] }\n`;
  const [role] = desiredState(parseEntitlements(products + customers, "Market."), "Market.").openSearchRoles;
  expect(role).toMatchObject({ name: "market-customer-acme", users: ["alice"] });
  return new Map(
    role?.definition.index_permissions.map(({ index_patterns, dls, fls }) => [
      index_patterns[0],
      { dls: dls === undefined ? undefined : JSON.parse(dls), fls },
    ]),
  );
}

const identity = ["type", "symbol", "eventTime"];

it("the role's index patterns are the indexer's", () => {
  const patterns = new Set(kindNames.map((kind) => indexPattern(indexPrefixOf("Market."), kind)));
  for (const pattern of [...permissionsOf("[full]").keys(), ...permissionsOf("[bars]").keys()]) {
    expect(patterns.has(pattern ?? "")).toBe(true);
  }
});

it("the full feed of some kinds is seen whole, and other kinds not at all", () => {
  const found = permissionsOf("[full]");
  expect([...found.keys()].toSorted()).toEqual(
    ["bars", "cancels", "corrections", "gaps", "quotes", "trades"].map((name) => `market-${name}-*`),
  );
  expect([...found.values()].every(({ dls, fls }) => dls === undefined && fls === undefined)).toBe(true);
});

it("symbols limit the documents, columns the fields", () => {
  const { dls, fls } = permissionsOf("[tech]").get("market-quotes-*") ?? {};
  expect(dls).toEqual({
    bool: { filter: [{ terms: { symbol: ["AAPL", "MSFT"] } }] },
  });
  expect(fls).toEqual([...identity, "bidPrice", "windows", "windows.*"]);
});

it("two products of a kind show the documents of both and only the fields that both have, so that neither leaks into the other", () => {
  const { dls, fls } = permissionsOf("[tech, cars]").get("market-quotes-*") ?? {};
  expect(dls.bool.should).toHaveLength(2);
  expect(fls).toEqual([...identity, "windows", "windows.*"]);
});

it("a product that another one shows all of takes nothing from it", () => {
  expect(permissionsOf("[full, tech, cars]").get("market-quotes-*")).toEqual({ dls: undefined, fls: undefined });
});

it("bars show closed minutes of their symbols as first published, and what a bar is made of", () => {
  const { dls, fls } = permissionsOf("[bars]").get("market-candles-*") ?? {};
  expect(dls.bool.filter).toEqual([
    { terms: { symbol: ["AMZN"] } },
    { term: { interval: "1m" } },
    { term: { revision: 0 } },
  ]);
  expect(fls).toContain("tradeClose");
  expect(fls).not.toContain("close");
});

it("what was sold with a delay is not shown: the security plugin's queries know no now", () => {
  expect(permissionsOf("[late]").size).toBe(0);
  expect(permissionsOf("[tech, late]")).toEqual(permissionsOf("[tech]"));
});
