import fc from "fast-check";
import { expect, it } from "vitest";
import type { Product } from "../../../domain/entitlements/entitlements.ts";
import { productKinds } from "../../../domain/entitlements/record-types.ts";
import { partitionOf } from "../../../domain/partition.ts";
import { createProductCut } from "../../../domain/products/product-cut.ts";

const partitions = 12;
const symbols = ["AAPL", "AMZN", "MSFT", "NVDA", "TSLA"];
const columns = ["bidPrice", "midPrice", "price", "windows", "tradeClose", "to"];

/** What a record of each type must keep, written once more and by hand. */
const always: Readonly<Record<string, readonly string[]>> = {
  quote: ["type", "symbol", "eventTime"],
  trade: ["type", "symbol", "eventTime", "tradeId", "exchange"],
  correction: ["type", "symbol", "eventTime", "exchange", "originalTradeId", "correctedTradeId"],
  cancel: ["type", "symbol", "eventTime", "exchange", "tradeId"],
  bar: ["type", "symbol", "eventTime", "interval"],
  gap: ["type", "symbol", "from", "to", "reason"],
  candle: ["type", "symbol", "interval", "start", "end", "revision"],
  alert: ["type", "kind", "symbol", "eventTime"],
};
const kindsOf: Readonly<Record<string, readonly string[]>> = {
  quote: ["quotes"],
  trade: ["trades"],
  correction: ["trades"],
  cancel: ["trades"],
  bar: ["trades"],
  gap: ["quotes", "trades"],
  candle: ["candles"],
  alert: ["alerts"],
};

const record = fc
  .record({
    type: fc.constantFrom(...Object.keys(always)),
    symbol: fc.constantFrom(...symbols),
    ofAll: fc.boolean(),
    partition: fc.nat({ max: partitions - 1 }),
    fields: fc.dictionary(fc.constantFrom(...columns, ...Object.values(always).flat()), fc.jsonValue(), {
      noNullPrototype: true,
    }),
  })
  .map(({ type, symbol, ofAll, partition, fields }) => {
    const key = type === "gap" && ofAll ? null : symbol;
    const place = key === null ? partition : partitionOf(symbol, partitions);
    return { key, partition: place, type, value: { ...{ type, symbol: key }, ...fields, type, symbol: key } };
  });

const product = fc
  .record({
    name: fc.constant("some"),
    symbols: fc.oneof(fc.constant("*" as const), fc.uniqueArray(fc.constantFrom(...symbols), { minLength: 1 })),
    kinds: fc.uniqueArray(fc.constantFrom(...productKinds), { minLength: 1 }),
    columns: fc.oneof(fc.constant("*" as const), fc.uniqueArray(fc.constantFrom(...columns), { minLength: 1 })),
    delayMs: fc.constant(1000),
    shape: fc.constant("record" as const),
    topic: fc.constantFrom("{prefix}product.{product}", "{symbol}enhanced"),
  })
  .map((made): Product => (made.symbols === "*" ? { ...made, topic: "{prefix}product.{product}" } : made));

it("a product has its symbols, kinds and columns of the published records, in their order, and nothing else", () => {
  fc.assert(
    fc.property(product, fc.array(record, { maxLength: 40 }), (sold, records) => {
      const cut = createProductCut(sold, { prefix: "market.", partitions, thresholdOf: () => 50_000 });
      const bySymbol = sold.topic.startsWith("{symbol}");
      const wanted = (symbol: string) => sold.symbols === "*" || sold.symbols.includes(symbol);
      for (const { key, partition, type, value } of records) {
        const made = cut(partition, key, { value: new TextEncoder().encode(JSON.stringify(value)) });
        const isSold =
          kindsOf[type]?.some((kind) => sold.kinds.some((one) => one === kind)) && (key === null || wanted(key));
        const kept = Object.entries(value).filter(
          ([name]) => sold.columns === "*" || sold.columns.includes(name) || always[type]?.includes(name),
        );
        const ofPartition = symbols.filter((symbol) => wanted(symbol) && partitionOf(symbol, partitions) === partition);
        const topics = !bySymbol
          ? ["market.product.some"]
          : (key === null ? ofPartition : [key]).map((symbol) => `${symbol.toLowerCase()}enhanced`);
        if (isSold !== true || topics.length === 0) {
          expect(made).toBeNull();
          continue;
        }
        if (made === null || "reason" in made) throw new Error("it is sold, and not there");
        expect(new TextDecoder().decode(made.value as Uint8Array)).toBe(JSON.stringify(Object.fromEntries(kept)));
        expect(made.outlets.map(({ topic }) => topic).toSorted()).toEqual(topics.toSorted());
        expect(new Set(made.outlets.map((outlet) => outlet.partition))).toEqual(new Set([bySymbol ? 0 : partition]));
      }
    }),
    { numRuns: 300 },
  );
});
