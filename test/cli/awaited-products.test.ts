import { expect, it } from "vitest";
import { awaitedProducts, delayedText } from "../../cli/up/awaited-products.ts";
import { parseEntitlements } from "../../domain/entitlements/parse-entitlements.ts";

const full = '  full: { symbols: "*", kinds: [quotes, trades] }\n';
const late = "  late: { symbols: [AAPL], kinds: [quotes], delay: 15m }\n";
const later = "  later: { symbols: [AAPL], kinds: [quotes], delay: 90s }\n";
const cut = "  cut: { symbols: [AAPL], kinds: [quotes] }\n";

const awaitedOf = (...products: readonly string[]) =>
  awaitedProducts(parseEntitlements(`products:\n${products.join("")}customers: {}\n`, "market.").products, "market.");

it("a product with a delay is not waited for, and one beside it that is shown at once is", () => {
  expect(awaitedOf(full, late, cut)).toEqual({
    waitsForDistributor: true,
    delayed: [{ name: "late", delayMs: 900_000 }],
  });
});

it("where all have a delay, or none a topic of its own, there is no end of the distributor to wait for", () => {
  expect(awaitedOf(full, late).waitsForDistributor).toBe(false);
  expect(awaitedOf(full)).toEqual({ waitsForDistributor: false, delayed: [] });
});

it("delays are told as the file writes them", () => {
  expect(delayedText(awaitedOf(late, later).delayed)).toBe("late (15m), later (90s)");
});
