import { clusterGuards } from "./cluster-guards.ts";
import { deploymentGuards } from "./deployment-guards.ts";
import { networkGuards } from "./network-guards.ts";
import { rightsGuards } from "./rights-guards.ts";
import { secretGuards } from "./secret-guards.ts";
import { storageGuards } from "./storage-guards.ts";
import type { Finding, Template } from "./template.ts";

const guards = [
  ...clusterGuards,
  ...networkGuards,
  ...secretGuards,
  ...storageGuards,
  ...rightsGuards,
  ...deploymentGuards,
];

/** All that our own guards have against a template. */
export function guardFindings(template: Template): readonly Finding[] {
  return guards.flatMap((guard) => guard(template));
}
