import { z } from "zod";
import { identityFieldsOf, type RecordType } from "../entitlements/record-types.ts";
import { productBarSchema } from "../products/bar.ts";
import { cancelSchema } from "../records/cancel.ts";
import { candleSchema } from "../records/candle.ts";
import { correctionSchema } from "../records/correction.ts";
import { enrichedBarSchema } from "../records/enriched-bar.ts";
import { enrichedQuoteSchema } from "../records/enriched-quote.ts";
import { enrichedTradeSchema } from "../records/enriched-trade.ts";
import { gapSchema } from "../records/gap.ts";
import { indicatorFlipSchema } from "../records/indicator-flip.ts";
import type { JsonSchema } from "./json-schema.ts";

/** Raised by one after the dot with each field that is added. Before the dot it stands still: fields are only ever added. */
export const schemasVersion = "1.0";

/** A published schema, and whose. */
export interface RecordSchema {
  /** `candle`; `product/candle` is the same record in a product that may leave out columns. */
  readonly name: string;
  /** The record's `type`; null for the shape `bar`, whose records have none. */
  readonly type: RecordType | null;
  readonly schema: JsonSchema;
}

/** Also what tools of AsyncAPI take without more. */
export type SchemaDraft = "draft-2020-12" | "draft-7";

/** Every published schema, made from the records' one definition. */
export function recordSchemas(draft: SchemaDraft = "draft-2020-12"): readonly RecordSchema[] {
  const whole = definitions.map(({ name, type, definition }): RecordSchema => {
    return { name, type, schema: identified(name, jsonSchemaOf(definition, draft)) };
  });
  const cut = whole.flatMap(({ name, type, schema }): RecordSchema[] =>
    type === null || type === "gap"
      ? []
      : [{ name: `product/${name}`, type, schema: productSchema(name, type, schema) }],
  );
  return [...whole, ...cut];
}

const definitions = [
  { name: "enriched-quote", type: "quote", definition: enrichedQuoteSchema },
  { name: "enriched-trade", type: "trade", definition: enrichedTradeSchema },
  { name: "enriched-bar", type: "bar", definition: enrichedBarSchema },
  { name: "correction", type: "correction", definition: correctionSchema },
  { name: "cancel", type: "cancel", definition: cancelSchema },
  { name: "gap", type: "gap", definition: gapSchema },
  { name: "candle", type: "candle", definition: candleSchema },
  { name: "indicator-flip", type: "alert", definition: indicatorFlipSchema },
  { name: "product-bar", type: null, definition: productBarSchema },
] as const satisfies readonly { name: string; type: RecordType | null; definition: z.ZodType }[];

/**
 * Fields are only ever added, so that the published schema takes fields that it does not know, where our own definition is strict:
 * a reader that validates with last year's file must not refuse this year's records.
 */
function jsonSchemaOf(definition: z.ZodType, target: SchemaDraft): JsonSchema {
  return z.toJSONSchema(definition, {
    target,
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  }) as JsonSchema;
}

/** The dialect first, then which schema it is and of which version. */
function identified(name: string, { $schema, ...rest }: JsonSchema): JsonSchema {
  const $id = `urn:bellwether:schema:${name}:${schemasVersion}`;
  return $schema === undefined ? { $id, ...rest } : { $schema, $id, ...rest };
}

/** Of a product only the fields are certain that tell which record it is; what is there holds by the whole record's schema. */
function productSchema(name: string, type: RecordType, whole: JsonSchema): JsonSchema {
  return {
    ...identified(`product/${name}`, whole),
    $id: `urn:bellwether:schema:product/${name}:${schemasVersion}`,
    required: identityFieldsOf[type],
    title: `${whole.title ?? ""}OfProduct`,
    description: `${whole.description ?? ""}, as a product publishes it. A field that is absent was not bought, or the whole record would not have it either; a field that is null was bought, and the market had no value.`,
  };
}
