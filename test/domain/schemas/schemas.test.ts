import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { schemaFiles } from "../../../scripts/make-schemas.ts";
import { published, quoteText, referenceText, tradeText } from "../../support/raw-log.ts";

const folder = new URL("../../../domain/schemas/", import.meta.url);
const documents = [...schemaFiles()].map(([name, text]) => ({ name, text }));

it("the folder holds the published schemas and nothing else", () => {
  expect(readdirSync(folder).sort()).toEqual(documents.map(({ name }) => name).sort());
});

it.each(documents)("$name is what the definition gives now (else run scripts/make-schemas.ts)", ({ name, text }) => {
  expect(readFileSync(new URL(name, folder), "utf8")).toBe(text);
});

it.each(documents)("$name requires every field, and takes fields that are added later", ({ text }) => {
  const schema = JSON.parse(text) as { properties: object; required: string[]; additionalProperties?: boolean };
  expect(schema.required).toEqual(Object.keys(schema.properties));
  expect(schema.additionalProperties).toBeUndefined();
});

it("a published value holds by the published schema, with a new field too, and not without one of its fields", () => {
  const texts = [referenceText("2018-01-03"), quoteText(), tradeText("15:01:01")];
  for (const { name, text } of documents) {
    const schema = z.fromJSONSchema(JSON.parse(text));
    const [value] = published(texts, name.startsWith("candle") ? "candles" : "enriched");
    if (value === undefined) throw new Error("a value is published");
    expect(schema.safeParse(value).error).toBeUndefined();
    expect(schema.safeParse({ ...value, later: 1 }).success).toBe(true);
    for (const field of Object.keys(value)) {
      const { [field]: _, ...rest } = value;
      expect([field, schema.safeParse(rest).success]).toEqual([field, false]);
    }
  }
});
