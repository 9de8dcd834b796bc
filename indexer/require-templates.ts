import { z } from "zod";
import { PipelineError } from "../domain/errors.ts";
import type { OpenSearch } from "../runtime/opensearch/types.ts";
import type { FieldMapping } from "./mappings.ts";
import { differences } from "./setup/differences.ts";
import { fieldLines, missingFields } from "./setup/missing-fields.ts";
import type { IndexTemplate } from "./templates.ts";

/**
 * Sees that a new index of this kind would get the fields that are needed, of the types that are needed. More fields are those of a newer version.
 * @throws PipelineError `openSearchRejected` where it would not
 */
export async function requireTemplate(
  { name, pattern, mappings }: IndexTemplate,
  openSearch: OpenSearch,
): Promise<void> {
  const index = pattern.replace("*", "2000.01.01");
  const answer = await openSearch.request({ method: "POST", path: `/_index_template/_simulate_index/${index}` });
  const found = simulation.parse(answer).template?.mappings ?? {};
  const lacking = differences(asTold({ properties: mappings.properties }), found, { mayHaveMore: true });
  if (lacking.length > 0) throw unfit(`The index template ${name} is not there as it is needed`, lacking);
}

/**
 * Sees that the indices of this kind that are there have all fields: a strict index refuses documents with others. Of an older type they may be.
 * @throws PipelineError `openSearchRejected` where one has not
 */
export async function requireFields({ pattern, mappings }: IndexTemplate, openSearch: OpenSearch): Promise<void> {
  const path = `/${pattern}/_mapping`;
  const answer = mappingsAnswer.parse(
    await openSearch.request({ method: "GET", path, query: { expand_wildcards: "open" } }),
  );
  for (const [index, found] of Object.entries(answer)) {
    const lacking = fieldLines(missingFields(mappings.properties, found.mappings.properties));
    if (lacking.length > 0) throw unfit(`The index ${index} lacks fields`, lacking);
  }
}

function unfit(what: string, lacking: readonly string[]): PipelineError {
  const shown = lacking.slice(0, linesMax).join("; ");
  const more = lacking.length > linesMax ? `; and ${lacking.length - linesMax} more` : "";
  return new PipelineError("openSearchRejected", `${what}, and this user may not mend it: ${shown}${more}.`, {
    remedy: "Run `bellwether index setup` of this version as an administrator of OpenSearch, then start again.",
  });
}

/** An object's type is not told, nor that it has no fields yet. */
function asTold(mapping: FieldMapping): FieldMapping {
  const { type, properties: inner, ...rest } = mapping as { readonly type?: string; readonly properties?: object };
  const fields = Object.entries(inner ?? {}).map(([name, each]) => [name, asTold(each as FieldMapping)]);
  return {
    ...(type === undefined || type === "object" ? {} : { type }),
    ...rest,
    ...(fields.length === 0 ? {} : { properties: Object.fromEntries(fields) }),
  };
}

const linesMax = 4;
const properties = z.record(z.string(), z.unknown()).optional();
const simulation = z.object({ template: z.object({ mappings: z.looseObject({ properties }).optional() }).optional() });
const mappingsAnswer = z.record(z.string(), z.object({ mappings: z.looseObject({ properties }) }));
