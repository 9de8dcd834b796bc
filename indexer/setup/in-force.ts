import { z } from "zod";
import { OpenSearchFault } from "../../runtime/opensearch/fault.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import { indexPattern } from "../index-names.ts";
import { kindNames } from "../kinds.ts";
import { isOurs } from "./days.ts";
import { policyName } from "./policy.ts";

/** An index of a deployment as it is. */
export interface FoundIndex {
  readonly name: string;
  /** False for a closed one: its settings are known, its mapping and segments are not. */
  readonly open: boolean;
  /** Those below `index`, values as text. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly mappings: { readonly properties?: Readonly<Record<string, unknown>> | undefined };
  /** Of all primary shards together. */
  readonly segments: number;
}

/** What OpenSearch has of a deployment. */
export interface InForce {
  readonly components: ReadonlyMap<string, unknown>;
  readonly templates: ReadonlyMap<string, unknown>;
  readonly indices: readonly FoundIndex[];
  /** Null where there is no Index State Management. */
  readonly ism: FoundPolicy | null;
}

export interface FoundPolicy {
  /** Null where the policy is not there. */
  readonly policy: { readonly body: unknown; readonly seqNo: number; readonly primaryTerm: number } | null;
  /** Indices by the policy that manages them; null for none. */
  readonly managedBy: ReadonlyMap<string, string | null>;
}

/** Reads it all; nothing is changed. @throws OpenSearchFault */
export async function readInForce(openSearch: OpenSearch, indexPrefix: string): Promise<InForce> {
  const components = componentsAnswer.parse(await orNull(openSearch, `/_component_template/${indexPrefix}*`));
  const templates = templatesAnswer.parse(await orNull(openSearch, `/_index_template/${indexPrefix}*`));
  return {
    components: new Map(
      components?.component_templates.map(({ name, component_template }) => [name, component_template]),
    ),
    templates: new Map(templates?.index_templates.map(({ name, index_template }) => [name, index_template])),
    indices: await readIndices(openSearch, indexPrefix),
    ism: await readPolicy(openSearch, indexPrefix),
  };
}

/** The indices alone. @throws OpenSearchFault */
export async function readIndices(openSearch: OpenSearch, indexPrefix: string): Promise<readonly FoundIndex[]> {
  const all = kindNames.map((kind) => indexPattern(indexPrefix, kind)).join(",");
  const settings = settingsAnswer.parse(
    await orNull(openSearch, `/${all}/_settings`, { expand_wildcards: "open,closed" }),
  );
  const mappings = mappingsAnswer.parse(await orNull(openSearch, `/${all}/_mapping`, { expand_wildcards: "open" }));
  const stats = statsAnswer.parse(await orNull(openSearch, `/${all}/_stats/segments`, { expand_wildcards: "open" }));
  return Object.entries(settings ?? {})
    .filter(([name]) => isOurs(indexPrefix, name))
    .map(([name, found]) => ({
      name,
      open: mappings?.[name] !== undefined,
      settings: found.settings.index,
      mappings: mappings?.[name]?.mappings ?? {},
      segments: stats?.indices?.[name]?.primaries.segments.count ?? 0,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether there is Index State Management, and the deployment's policy in it. @throws OpenSearchFault */
export async function readPolicy(openSearch: OpenSearch, indexPrefix: string): Promise<FoundPolicy | null> {
  const path = `/_plugins/_ism/policies/${policyName(indexPrefix)}`;
  let policy: FoundPolicy["policy"] = null;
  try {
    const {
      _seq_no,
      _primary_term,
      policy: body,
    } = policyAnswer.parse(await openSearch.request({ method: "GET", path }));
    policy = { body, seqNo: _seq_no, primaryTerm: _primary_term };
  } catch (error) {
    // Without the plugin nothing answers that path: 400, "no handler found".
    if (error instanceof OpenSearchFault && error.status === 400) return null;
    if (!(error instanceof OpenSearchFault) || error.status !== 404) throw error;
  }
  const all = kindNames.map((kind) => indexPattern(indexPrefix, kind)).join(",");
  const explained = explainAnswer.parse(await orNull(openSearch, `/_plugins/_ism/explain/${all}`));
  const managed = Object.entries(explained ?? {}).flatMap(([index, found]): [string, string | null][] =>
    isOurs(indexPrefix, index) ? [[index, policyIdOf(found)]] : [],
  );
  return { policy, managedBy: new Map(managed) };
}

/** The answer, or null for "there is none". */
async function orNull(
  openSearch: OpenSearch,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  try {
    return await openSearch.request({ method: "GET", path, query });
  } catch (error) {
    if (error instanceof OpenSearchFault && error.status === 404) return null;
    throw error;
  }
}

function policyIdOf(found: unknown): string | null {
  const id = (found as Readonly<Record<string, unknown>> | null)?.["index.plugins.index_state_management.policy_id"];
  return typeof id === "string" ? id : null;
}

const json = z.record(z.string(), z.unknown());
const componentsAnswer = z
  .object({ component_templates: z.array(z.object({ name: z.string(), component_template: z.unknown() })) })
  .nullable();
const templatesAnswer = z
  .object({ index_templates: z.array(z.object({ name: z.string(), index_template: z.unknown() })) })
  .nullable();
const settingsAnswer = z.record(z.string(), z.object({ settings: z.object({ index: json }) })).nullable();
const mappingsAnswer = z
  .record(z.string(), z.object({ mappings: z.looseObject({ properties: json.optional() }) }))
  .nullable();
const statsAnswer = z
  .object({
    indices: z
      .record(z.string(), z.object({ primaries: z.object({ segments: z.object({ count: z.number() }) }) }))
      .optional(),
  })
  .nullable();
const policyAnswer = z.object({ _seq_no: z.number(), _primary_term: z.number(), policy: z.unknown() });
const explainAnswer = json.nullable();
