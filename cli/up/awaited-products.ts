import { hasOwnTopics, type Product } from "../../domain/entitlements/entitlements.ts";

/** Which of the products that the distributor writes the end of a recording waits for. */
export interface AwaitedProducts {
  /** False where the distributor has nothing whose end could be waited for. */
  readonly waitsForDistributor: boolean;
  /** Those with a delay: most of what they show comes when the run is long over. */
  readonly delayed: readonly Pick<Product, "name" | "delayMs">[];
}

/** Tells products with topics of their own by whether their records are shown at once. */
export function awaitedProducts(products: readonly Product[], prefix: string): AwaitedProducts {
  const own = products.filter((product) => hasOwnTopics(product, prefix));
  const delayed = own.filter(({ delayMs }) => delayMs > 0);
  return {
    waitsForDistributor: own.length > delayed.length,
    delayed: delayed.map(({ name, delayMs }) => ({ name, delayMs })),
  };
}

/** The delayed products for people: "delayed-tech (15m)". */
export function delayedText(delayed: AwaitedProducts["delayed"]): string {
  return delayed.map(({ name, delayMs }) => `${name} (${durationText(delayMs)})`).join(", ");
}

/** As the file of entitlements writes it. */
function durationText(ms: number): string {
  for (const [unit, unitMs] of units) if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}

const units = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;
