import { expect, it } from "vitest";
import type { JsonSchema } from "../../../domain/schemas/json-schema.ts";
import { schemaChanges } from "../../../domain/schemas/schema-changes.ts";

const before: JsonSchema = {
  type: "object",
  properties: {
    symbol: { type: "string", minLength: 1 },
    price: { type: "number", description: "US dollars" },
    indicator: { anyOf: [{ type: "string", enum: ["Bullish", "Bearish"] }, { type: "null" }] },
    quality: { type: "array", items: { type: "string", enum: ["late"] } },
    windows: {
      type: "object",
      propertyNames: { type: "string" },
      additionalProperties: { type: "object", properties: { open: { type: "number" } }, required: ["open"] },
    },
  },
  required: ["symbol", "indicator"],
};

type Properties = NonNullable<JsonSchema["properties"]>;

function changed(properties: Properties, required: readonly string[] = ["symbol", "indicator"]): JsonSchema {
  return { ...before, properties: { ...before.properties, ...properties }, required };
}

const changesOf = (after: JsonSchema) => schemaChanges(before, after);
const breaks = (at: string, what: string) => [{ at, what, isBreaking: true }];

it("nothing is changed by another text for people, or another order of fields", () => {
  const reordered = Object.fromEntries(Object.entries(before.properties ?? {}).toReversed());
  const price = { type: "number", description: "Dollars of the United States" };
  expect(changesOf({ ...before, title: "X", $id: "urn:x", properties: { ...reordered, price } })).toEqual([]);
});

it("a field that is added breaks nobody, though it is always there; nor does one that becomes certain", () => {
  expect(changesOf(changed({ venue: { type: "string" } }, ["symbol", "indicator", "venue"]))).toEqual([
    { at: "venue", what: "is new", isBreaking: false },
  ]);
  expect(changesOf(changed({}, ["symbol", "indicator", "price"]))).toEqual([
    { at: "price", what: "is always there now", isBreaking: false },
  ]);
});

it("a field that goes, or may be absent where it was certain, breaks readers", () => {
  const { price: _, ...rest } = before.properties ?? {};
  expect(changesOf({ ...before, properties: rest })).toEqual(breaks("price", "is gone"));
  expect(changesOf(changed({}, ["symbol"]))).toEqual(breaks("indicator", "may be absent now"));
});

it("a field of another type, or with other bounds, breaks readers", () => {
  expect(changesOf(changed({ price: { type: "string" } }))).toEqual(
    breaks("price", 'type was "number" and is "string"'),
  );
  expect(changesOf(changed({ price: { type: ["number", "null"] } }))).toEqual(
    breaks("price", 'type was "number" and is ["number","null"]'),
  );
  expect(changesOf(changed({ symbol: { type: "string" } }))).toEqual(
    breaks("symbol", "minLength was 1 and is not said"),
  );
});

it("an enumeration that loses or gains a value breaks readers, at any depth", () => {
  const indicator = { anyOf: [{ type: "string", enum: ["Bullish"] }, { type: "null" }] };
  expect(changesOf(changed({ indicator }))).toEqual(breaks("indicator", 'loses the value "Bearish"'));
  const quality = { type: "array", items: { type: "string", enum: ["late", "wide"] } };
  expect(changesOf(changed({ quality }))).toEqual(breaks("quality.*", 'gains the value "wide"'));
});

it("what stands inside of a field is compared too", () => {
  const windows = {
    type: "object",
    propertyNames: { type: "string" },
    additionalProperties: { type: "object", properties: { open: { type: "number" } } },
  };
  expect(changesOf(changed({ windows }))).toEqual(breaks("windows.*.open", "may be absent now"));
});
