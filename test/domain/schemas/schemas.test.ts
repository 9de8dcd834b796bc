import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { productBarJson } from "../../../domain/products/bar.ts";
import { schemaFiles } from "../../../scripts/make-schemas.ts";
import { cancelText, correctionText, published, quoteText, referenceText, tradeText } from "../../support/raw-log.ts";

const folder = new URL("../../../domain/schemas/", import.meta.url);
const documents = [...schemaFiles()].map(([name, text]) => ({ name, text }));

it("the folder holds the published schemas and nothing else", () => {
  expect(readdirSync(folder).sort()).toEqual(documents.map(({ name }) => name).sort());
});

it.each(documents)("$name is what the definition gives now (else run scripts/make-schemas.ts)", ({ name, text }) => {
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
