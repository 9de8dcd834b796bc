import type { Templates } from "../templates.ts";
import { differences } from "./differences.ts";
import type { InForce } from "./in-force.ts";
import type { Plan, Step } from "./step.ts";

/** What must be put for the templates to be as wanted: components first, since index templates are made of them. */
export function templatePlan(wanted: Templates, inForce: InForce): Plan {
  const steps = [
    ...wanted.components.flatMap(({ name, body }) =>
      put("component template", "_component_template", name, body, inForce.components.get(name)),
    ),
    ...wanted.indices.flatMap(({ name, body }) =>
      put("index template", "_index_template", name, body, inForce.templates.get(name)),
    ),
  ];
  return { steps, notes: [] };
}

function put(what: string, path: string, name: string, body: object, found: unknown): readonly Step[] {
  const details = found === undefined ? [] : differences(body, found);
  if (found !== undefined && details.length === 0) return [];
  return [
    {
      change: found === undefined ? "create" : "update",
      subject: `${what} ${name}`,
      details,
      requests: [{ method: "PUT", path: `/${path}/${name}`, body }],
    },
  ];
}
