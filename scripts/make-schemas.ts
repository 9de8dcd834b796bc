import { writeFileSync } from "node:fs";
import { z } from "zod";
import { candleSchema } from "../domain/records/candle.ts";
import { enrichedQuoteSchema } from "../domain/records/enriched-quote.ts";

/** The published JSON Schemas by file name, made from the records' one definition. Run `npx node scripts/make-schemas.ts` after a change of one. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["enriched-quote.schema.json", schemaText(enrichedQuoteSchema)],
    ["candle.schema.json", schemaText(candleSchema)],
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
