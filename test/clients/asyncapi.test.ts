import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { identityFieldsOf } from "../../domain/entitlements/record-types.ts";
import { asyncApiDocument, asyncApiText } from "../../scripts/make-asyncapi.ts";
import { published, quoteText } from "../support/raw-log.ts";

const require = createRequire(import.meta.url);
const file = new URL("../../docs/asyncapi.yaml", import.meta.url);

/** AsyncAPI's own JSON Schema of its 3.0 documents. */
function validator() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(require("@asyncapi/specs/schemas/3.0.0-without-$id.json"));
}

it("the committed document is what the code gives now (else run scripts/make-asyncapi.ts)", () => {
  expect(readFileSync(file, "utf8")).toBe(asyncApiText());
});

it("it is AsyncAPI 3.0 by the specification's own schema, which finds faults", () => {
  const validate = validator();
  const document = parse(readFileSync(file, "utf8")) as ReturnType<typeof asyncApiDocument>;
  expect(validate(document) ? [] : validate.errors).toEqual([]);
  const servers = { cluster: { ...document.servers.cluster, protocol: undefined } };
  expect(validate({ ...document, servers })).toBe(false);
  const securitySchemes = { scram: { type: "scramSha1024" } };
  expect(validate({ ...document, components: { ...document.components, securitySchemes } })).toBe(false);
});

it("every reference leads somewhere", () => {
  const document = asyncApiDocument();
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]*)"/g)].map(([, path]) => path ?? "");
  const found = (path: string) =>
    path.split("/").reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
  expect(references.length).toBeGreaterThan(50);
  expect(references.filter((path) => found(path) === undefined)).toEqual([]);
});

it("published values hold by its messages' payloads, those of products with fewer columns too", () => {
  const { components } = asyncApiDocument();
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  const whole = ajv.compile(components.schemas["EnrichedQuote"] ?? false);
  const cut = ajv.compile(components.schemas["EnrichedQuoteOfProduct"] ?? false);
  const quote = published([quoteText()], "enriched")[0] ?? {};
  expect([whole(quote), cut(quote)]).toEqual([true, true]);
  const least = Object.fromEntries(Object.entries(quote).filter(([name]) => identityFieldsOf.quote.includes(name)));
  expect([whole(least), cut(least)]).toEqual([false, true]);
});
