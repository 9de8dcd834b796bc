import { changeableSettings, type IndexTemplate, type TemplateSettings } from "../templates.ts";
import { differences } from "./differences.ts";
import type { FoundIndex } from "./in-force.ts";
import { fieldLines, missingFields } from "./missing-fields.ts";
import type { Plan, Step } from "./step.ts";

/**
 * What indices that are there already are given of the templates: fields that they lack, replicas, the refresh interval. A field's type can never be
 * changed, nor the number of shards: what is stored keeps them, and the next day has the new ones.
 */
export function indexPlan(
  templates: readonly IndexTemplate[],
  settings: TemplateSettings,
  indices: readonly FoundIndex[],
): Plan {
  const steps: Step[] = [];
  const kept = new Map<string, string[]>();
  for (const index of indices) {
    const template = templates.find(({ pattern }) => index.name.startsWith(pattern.slice(0, -1)));
    if (template === undefined || !index.open) continue;
    steps.push(...settingsStep(index, changeableSettings(settings)), ...fieldsStep(index, template));
    for (const [field, mapping] of Object.entries(template.mappings.properties)) {
      const found = index.mappings.properties?.[field];
      if (found === undefined || typeOf(found) === typeOf(mapping)) continue;
      const change = `${field} (${typeOf(found)}, new days: ${typeOf(mapping)})`;
      kept.set(index.name, [...(kept.get(index.name) ?? []), change]);
    }
  }
  const notes = [...kept].map(([index, fields]) => `${index} keeps the older type of ${fields.join(", ")}.`);
  return { steps, notes };
}

function settingsStep({ name, settings }: FoundIndex, wanted: Readonly<Record<string, string>>): readonly Step[] {
  const details = differences(wanted, settings, { mayHaveMore: true });
  if (details.length === 0) return [];
  const requests = [{ method: "PUT", path: `/${name}/_settings`, body: { index: wanted } } as const];
  return [{ change: "update", subject: `settings of ${name}`, details, requests }];
}

function fieldsStep({ name, mappings }: FoundIndex, template: IndexTemplate): readonly Step[] {
  const { properties, ...head } = template.mappings;
  const missing = missingFields(properties, mappings.properties);
  const fields = fieldLines(missing);
  if (fields.length === 0) return [];
  return [
    {
      change: "update",
      subject: `fields of ${name}`,
      details: fields.map((field) => `${field} is missing`),
      requests: [{ method: "PUT", path: `/${name}/_mapping`, body: { ...head, properties: missing } }],
    },
  ];
}

/** An object's type is not told by OpenSearch. */
function typeOf(mapping: unknown): unknown {
  return (mapping as Readonly<Record<string, unknown>>).type ?? "object";
}
