import { writeFileSync } from "node:fs";
import { z } from "zod";
import { productBarSchema } from "../domain/products/bar.ts";
import { cancelSchema } from "../domain/records/cancel.ts";
import { candleSchema } from "../domain/records/candle.ts";
import { correctionSchema } from "../domain/records/correction.ts";
import { enrichedBarSchema } from "../domain/records/enriched-bar.ts";
import { enrichedQuoteSchema } from "../domain/records/enriched-quote.ts";
import { enrichedTradeSchema } from "../domain/records/enriched-trade.ts";
import { gapSchema } from "../domain/records/gap.ts";
import { indicatorFlipSchema } from "../domain/records/indicator-flip.ts";

/** The published JSON Schemas by file name, made from the records' one definition. Run `npx node scripts/make-schemas.ts` after a change of one. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["enriched-quote.schema.json", schemaText(enrichedQuoteSchema)],
    ["enriched-trade.schema.json", schemaText(enrichedTradeSchema)],
    ["enriched-bar.schema.json", schemaText(enrichedBarSchema)],
    ["correction.schema.json", schemaText(correctionSchema)],
    ["cancel.schema.json", schemaText(cancelSchema)],
    ["gap.schema.json", schemaText(gapSchema)],
    ["candle.schema.json", schemaText(candleSchema)],
    ["indicator-flip.schema.json", schemaText(indicatorFlipSchema)],
    ["product-bar.schema.json", schemaText(productBarSchema)],
  ]);
}

/**
 * Fields are only ever added, so that the published schema takes fields that it does not know, where our own definition is strict:
 * a reader that validates with last year's file must not refuse this year's records.
 */
function schemaText(schema: z.ZodType): string {
  const document = z.toJSONSchema(schema, {
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

if (import.meta.main) {
  for (const [name, text] of schemaFiles()) writeFileSync(new URL(`../domain/schemas/${name}`, import.meta.url), text);
}
