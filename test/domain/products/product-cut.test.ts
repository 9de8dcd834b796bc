import { expect, it } from "vitest";
import type { Product } from "../../../domain/entitlements/entitlements.ts";
import { createProductCut, sourceTopics } from "../../../domain/products/product-cut.ts";
import { topicNames } from "../../../domain/topics.ts";

const product: Product = {
  name: "some",
  symbols: ["AAPL"],
  kinds: ["quotes", "candles"],
  columns: ["midPrice"],
  delayMs: 0,
  shape: "record",
  topic: "{prefix}product.{product}",
};
const options = { prefix: "market.", partitions: 12, thresholdOf: () => 50_000 };
const cut = (text: string | null, key: string | null = "AAPL", of: Product = product) =>
  createProductCut(of, options)(3, key, { value: text === null ? null : new TextEncoder().encode(text) });

it("what is not of the product's symbols is never looked at: not even to find it broken", () => {
  expect(cut("no json", "MSFT")).toBeNull();
});

it("D3: a record that cannot be read is rejected with its reason", () => {
  expect(cut("no json")).toEqual({ reason: "notJson" });
  expect(cut(null)).toEqual({ reason: "notJson" });
  expect(cut('{"type":"quote","symbol":"AA')).toEqual({ reason: "notJson" });
  expect(cut("[1]")).toEqual({ reason: "notObject" });
  expect(cut('{"type":"rumour","symbol":"AAPL"}')).toEqual({ reason: "unknownType" });
  expect(cut('{"type":"toString","symbol":"AAPL"}')).toEqual({ reason: "unknownType" });
  expect(cut('{"symbol":"AAPL"}')).toEqual({ reason: "missingField" });
  expect(cut('{"type":"quote","symbol":"AAPL"}', null)).toEqual({ reason: "missingField" });
  const bars: Product = { ...product, kinds: ["candles"], columns: "*", shape: "bar" };
  expect(cut('{"type":"candle","symbol":"AA', "AAPL", bars)).toEqual({ reason: "notJson" });
});

it("with all columns the bytes stay as they are, and are not read beyond the type", () => {
  const bytes = new TextEncoder().encode('{"type":"quote","symbol":"AAPL", what comes here');
  const made = createProductCut({ ...product, columns: "*" }, options)(3, "AAPL", { value: bytes });
  expect(made).toMatchObject({ outlets: [{ topic: "market.product.some", partition: 3 }] });
  expect(made !== null && "value" in made ? made.value : null).toBe(bytes);
});

it("a product is made from the topics of its kinds alone", () => {
  const topics = topicNames("market.");
  const of = (...kinds: Product["kinds"]) => sourceTopics({ ...product, kinds }, topics);
  expect(of("quotes", "trades")).toEqual(["market.enriched"]);
  expect(of("candles")).toEqual(["market.candles"]);
  expect(of("alerts", "trades")).toEqual(["market.enriched", "market.alerts"]);
});
