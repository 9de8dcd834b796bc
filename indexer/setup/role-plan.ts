import { wholeMapping, wholeRole } from "../../domain/entitlements/role-definition.ts";
import { deleteMapping, type FoundRoles, putMapping, putRole } from "../../runtime/opensearch/security.ts";
import { differences } from "./differences.ts";
import type { WantedRole } from "./roles.ts";
import { joinPlans, type Plan, type Step } from "./step.ts";

/** What must be put for the roles to be as wanted. Who has them is left alone where nobody was named. */
export function rolePlan(wanted: readonly WantedRole[], { roles, mappings }: FoundRoles): Plan {
  return joinPlans(
    wanted.map(({ name, definition, holders }) => {
      const role = put("role", name, wholeRole(definition), roles.get(name), putRole(name, definition));
      const found = mappings.get(name);
      if (holders !== null) {
        const request = isNobody(holders) ? deleteMapping(name) : putMapping(name, holders);
        const isThere = found !== undefined || isNobody(holders);
        const step = put("holders of role", name, wholeMapping(holders), isThere ? (found ?? nobody) : found, request);
        return { steps: [...role, ...step], notes: [] };
      }
      return { steps: role, notes: found === undefined || isNobody(found) ? [`Nobody has the role ${name}.`] : [] };
    }),
  );
}

const nobody = wholeMapping({ users: [], backend_roles: [] });

function isNobody({ users, backend_roles }: WantedHolders): boolean {
  return users.length === 0 && backend_roles.length === 0;
}
type WantedHolders = NonNullable<WantedRole["holders"]>;

function put(
  what: string,
  name: string,
  wanted: object,
  found: object | undefined,
  request: Step["requests"][number],
): readonly Step[] {
  const details = found === undefined ? [] : differences(wanted, found);
  if (found !== undefined && details.length === 0) return [];
  return [
    { change: found === undefined ? "create" : "update", subject: `${what} ${name}`, details, requests: [request] },
  ];
}
