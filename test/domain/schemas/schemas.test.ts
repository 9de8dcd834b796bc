import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { identityFieldsOf, type RecordType } from "../../../domain/entitlements/record-types.ts";
import { productBarJson } from "../../../domain/products/bar.ts";
import { columnCut } from "../../../domain/products/columns.ts";
import { schemaFiles } from "../../../scripts/make-schemas.ts";
import { cancelText, correctionText, published, quoteText, referenceText, tradeText } from "../../support/raw-log.ts";

const folder = new URL("../../../domain/schemas/", import.meta.url);
const all = [...schemaFiles()].map(([name, text]) => ({ name, text }));
const isOfProduct = ({ name }: { name: string }) => name.startsWith("product/");
/** Of whole records, and those of products that may leave out columns. */
const documents = all.filter((one) => !isOfProduct(one));
const ofProducts = all.filter(isOfProduct);

it("the folder holds the schemas and no others", () => {
  const files = (at: string) => readdirSync(new URL(at, folder)).filter((name) => name.endsWith(".json"));
  const found = [...files("."), ...files("product/").map((name) => `product/${name}`)];
  expect(found.toSorted()).toEqual(all.map(({ name }) => name).toSorted());
});

it.each(all)("$name is what the definition gives now (else run scripts/make-schemas.ts)", ({ name, text }) => {
  expect(readFileSync(new URL(name, folder), "utf8")).toBe(text);
});

/** What may be left out (P4): the sides of a candle that have nothing, and what a vendor's bar does not say. */
const optionalFields: Readonly<Record<string, readonly string[]>> = {
  "enriched-bar.schema.json": ["tradeCount", "vwap"],
  "candle.schema.json": [
    ...["open", "high", "low", "close", "timeWeightedAverage", "count", "spreadBps"],
    ...["tradeOpen", "tradeHigh", "tradeLow", "tradeClose", "volume", "vwap", "tradeCount", "incomplete"],
  ],
};

it.each(documents)(
  "$name requires every field that is always there, and takes fields that are added later",
  ({ name, text }) => {
    const schema = JSON.parse(text) as { properties: object; required: string[]; additionalProperties?: boolean };
    const optional = optionalFields[name] ?? [];
    expect(schema.required).toEqual(Object.keys(schema.properties).filter((field) => !optional.includes(field)));
    expect(schema.additionalProperties).toBeUndefined();
  },
);

const t = "2018-01-03T15:01:01Z";
const everyKind = [
  referenceText("2018-01-03"),
  quoteText(),
  quoteText({ bp: 105, ap: 105 }),
  tradeText("15:00:01"),
  JSON.stringify({ T: "gap", S: null, from: "2018-01-03T15:00:02Z", to: t, reason: "disconnected" }),
  correctionText("15:00:03", { oi: 1 }),
  cancelText("15:00:04", { i: 9 }),
  JSON.stringify({ T: "b", S: "XXX", o: 1, h: 1, l: 1, c: 1, v: 1, n: 1, vw: 1, t }),
];
const kindOf: Readonly<Record<string, readonly [string, "enriched" | "candles" | "alerts"]>> = {
  "enriched-quote.schema.json": ["quote", "enriched"],
  "enriched-trade.schema.json": ["trade", "enriched"],
  "enriched-bar.schema.json": ["bar", "enriched"],
  "correction.schema.json": ["correction", "enriched"],
  "cancel.schema.json": ["cancel", "enriched"],
  "gap.schema.json": ["gap", "enriched"],
  "candle.schema.json": ["candle", "candles"],
  "indicator-flip.schema.json": ["alert", "alerts"],
};

function publishedValue(name: string): Record<string, unknown> | undefined {
  const [type, stream] = kindOf[name] ?? ["", "enriched"];
  return published(everyKind, stream).find((one) => one["type"] === type);
}

/** A product's bar, of the candle that it is made from. */
function barOf(candle: unknown): Record<string, unknown> {
  return JSON.parse(String(productBarJson(candle, () => 50_000))) as Record<string, unknown>;
}

it.each(documents)(
  "a published value holds by $name, with a new field too, and not without one that is always there",
  ({ name, text }) => {
    const schema = z.fromJSONSchema(JSON.parse(text));
    const value =
      name === "product-bar.schema.json" ? barOf(publishedValue("candle.schema.json")) : publishedValue(name);
    if (value === undefined) throw new Error("a value is published");
    expect(schema.safeParse(value).error).toBeUndefined();
    expect(schema.safeParse({ ...value, later: 1 }).success).toBe(true);
    const optional = optionalFields[name] ?? [];
    for (const field of Object.keys(value).filter((one) => !optional.includes(one))) {
      const { [field]: _, ...rest } = value;
      expect([field, schema.safeParse(rest).success]).toEqual([field, false]);
    }
  },
);

/** As a product publishes it that has no column but this. */
function cutOf(value: unknown, type: RecordType, ...columns: readonly string[]): Record<string, unknown> {
  const cut = columnCut(new Set([...identityFieldsOf[type], ...columns]));
  return JSON.parse(String(Buffer.from(cut(Buffer.from(JSON.stringify(value))) ?? "null"))) as Record<string, unknown>;
}

it.each(ofProducts)(
  "$name takes the record with all columns or none, and not without a field that tells which it is",
  ({ name, text }) => {
    const schema = z.fromJSONSchema(JSON.parse(text));
    const value = publishedValue(name.replace("product/", ""));
    const type = String(value?.["type"]) as RecordType;
    expect(schema.safeParse(value).success).toBe(true);
    const least = cutOf(value, type);
    expect(Object.keys(least)).toEqual(identityFieldsOf[type]);
    expect(schema.safeParse(least).error).toBeUndefined();
    for (const field of Object.keys(least)) {
      const { [field]: _, ...rest } = least;
      expect([field, schema.safeParse(rest).success]).toEqual([field, false]);
    }
  },
);

it("a column of a product holds by the whole record's schema", () => {
  const text = schemaFiles().get("product/enriched-quote.schema.json") ?? "";
  const schema = z.fromJSONSchema(JSON.parse(text));
  const cut = cutOf(publishedValue("enriched-quote.schema.json"), "quote", "midPrice");
  expect(cut["midPrice"]).toBe(100);
  expect(schema.safeParse({ ...cut, midPrice: null }).success).toBe(true);
  expect(schema.safeParse({ ...cut, midPrice: "100" }).success).toBe(false);
});
