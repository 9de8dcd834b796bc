import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { recordSchemas, schemasVersion } from "../domain/schemas/record-schemas.ts";

/** The published JSON Schemas by file name, made from the records' one definition. Run `npx node scripts/make-schemas.ts` after a change of one. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    recordSchemas().map(({ name, schema }) => [`${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}

/** Writes today's schemas; what was published under a version stays as it was, and is what the next is compared with. */
function writeSchemas(): void {
  const folder = new URL("../domain/schemas/", import.meta.url);
  const published = new URL(`published/${schemasVersion}/`, folder);
  const folders = existsSync(published) ? [folder] : [folder, published];
  for (const target of folders) {
    mkdirSync(new URL("product/", target), { recursive: true });
    for (const [name, text] of schemaFiles()) writeFileSync(new URL(name, target), text);
  }
}

if (import.meta.main) writeSchemas();
