import { describe, expect, it } from "vitest";
import { z } from "zod";
import { candleSchema } from "../../domain/records/candle.ts";
import { enrichedQuoteSchema } from "../../domain/records/enriched-quote.ts";
import { kinds } from "../../indexer/kinds.ts";
import { type FieldMapping, fieldsByKind, windowFields } from "../../indexer/mappings.ts";
import { indexTemplates } from "../../indexer/templates.ts";
import { otherValues } from "./records.ts";

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly description?: string;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema;
}

/** The OpenSearch type that holds a field of a JSON Schema exactly. */
function typeFor(schema: JsonSchema): string {
  const some = schema.anyOf?.find(({ type }) => type !== "null");
  if (some !== undefined) return typeFor(some);
  if (Array.isArray(schema.type)) return typeFor({ ...schema, type: schema.type.find((type) => type !== "null") });
  if (schema.type === "array") return typeFor(schema.items ?? {});
  if (schema.type === "object") return "object";
  if (schema.type === "boolean") return "boolean";
  if (schema.type === "integer") return "long";
  if (schema.type === "number") return "double";
  if (schema.format === "date") return "date";
  return schema.description?.startsWith("RFC 3339") || schema.description === "Exclusive" ? "date_nanos" : "keyword";
}

function typesOf(properties: Readonly<Record<string, JsonSchema>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, typeFor(schema)]));
}

function mapped(fields: Readonly<Record<string, FieldMapping>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, mapping]) => [name, mapping.type]));
}

describe("index templates", () => {
  const quoteSchema = z.toJSONSchema(enrichedQuoteSchema) as JsonSchema;

  it("an enriched quote's fields are mapped exactly as its schema has them", () => {
    expect(mapped(fieldsByKind.quote)).toEqual(typesOf(quoteSchema.properties));
  });

  it("a running window's fields are all mapped as its schema has them", () => {
    const window = quoteSchema.properties?.windows?.additionalProperties;
    expect({ ...mapped(windowFields), start: "date_nanos" }).toMatchObject(typesOf(window?.properties));
  });

  it("a candle's fields are all mapped as its schema has them", () => {
    const schema = z.toJSONSchema(candleSchema) as JsonSchema;
    expect(mapped(fieldsByKind.candle)).toMatchObject(typesOf(schema.properties));
  });

  it.each(otherValues)("every field of %s is mapped", (value) => {
    const fields: { type: keyof typeof fieldsByKind } = JSON.parse(value);
    expect(Object.keys(fieldsByKind[fields.type])).toEqual(expect.arrayContaining(Object.keys(fields)));
  });

  it("each kind has one template of its own pattern, strict, sorted by its time, with the shards and replicas asked for", () => {
    const templates = indexTemplates({ indexPrefix: "market-", shards: 3, replicas: 2 });
    expect(new Set(templates.map(({ pattern }) => pattern)).size).toBe(Object.keys(kinds).length);
    const candles = templates.find(({ name }) => name === "market-candles");
    expect(candles?.body).toMatchObject({
      index_patterns: ["market-candles-*"],
      template: {
        settings: { index: { number_of_shards: 3, number_of_replicas: 2, "sort.field": ["start"] } },
        mappings: { dynamic: "strict" },
      },
    });
  });
});
