import { describe, expect, it } from "vitest";
import { z } from "zod";
import { candleSchema } from "../../domain/records/candle.ts";
import { enrichedQuoteSchema } from "../../domain/records/enriched-quote.ts";
import { kinds } from "../../indexer/kinds.ts";
import { type FieldMapping, fieldsByKind, windowFields } from "../../indexer/mappings.ts";
import { templatesOf } from "../../indexer/templates.ts";
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
  if (schema.type === "number") return "scaled_float";
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
    expect(mapped(fieldsByKind.quote)).toEqual({ ...typesOf(quoteSchema.properties), delivery: "object" });
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

  it("each kind has one template of its own pattern, strict, sorted by its time; those that come in masses have the shards asked for", () => {
    const { indices } = templatesOf({ indexPrefix: "market-", shards: 3, replicas: 2, refreshMs: 500 });
    expect(new Set(indices.map(({ pattern }) => pattern)).size).toBe(Object.keys(kinds).length);
    expect(indices.find(({ name }) => name === "market-candles")?.body).toMatchObject({
      index_patterns: ["market-candles-*"],
      template: {
        settings: { index: { number_of_shards: "3", sort: { field: ["start"] } } },
        mappings: { dynamic: "strict" },
      },
    });
    expect(indices.find(({ name }) => name === "market-gaps")?.body).toMatchObject({
      template: { settings: { index: { number_of_shards: "1", sort: { field: ["from"] } } } },
    });
  });

  it("the components hold replicas, the refresh interval, and the fields that kinds share; together they give each kind all its fields", () => {
    const { components, indices } = templatesOf({ indexPrefix: "market-", shards: 1, replicas: 2, refreshMs: 500 });
    const named = new Map(components.map(({ name, body }) => [name, body.template as Part]));
    expect(named.get("market-settings")?.settings).toEqual({
      index: { number_of_replicas: "2", refresh_interval: "500ms" },
    });
    for (const { body, mappings } of indices) {
      const { composed_of, template } = body as { composed_of: readonly string[]; template: Part };
      const parts = [...composed_of.map((name) => named.get(name)), template];
      const fields = Object.assign({}, ...parts.map((part) => part?.mappings?.properties));
      expect(fields).toEqual(mappings.properties);
    }
  });
});

interface Part {
  readonly settings?: object;
  readonly mappings?: { readonly properties: object };
}
