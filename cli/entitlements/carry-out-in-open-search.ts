import { attributesOf, holdersOf } from "../../domain/entitlements/open-search-steps.ts";
import type { Step } from "../../domain/entitlements/step.ts";
import { OpenSearchFault } from "../../runtime/opensearch/fault.ts";
import {
  deleteInternalUser,
  deleteMapping,
  deleteRole,
  putInternalUser,
  putMapping,
  putRole,
} from "../../runtime/opensearch/security.ts";
import type { OpenSearchRequest } from "../../runtime/opensearch/types.ts";
import type { Credentials } from "../../runtime/secrets/secret-store.ts";
import { digestOf, type OpenSearchTarget } from "./open-search-target.ts";

type Doing<Name extends Step["do"]> = Extract<Step, { readonly do: Name }>;

/** Does a step in OpenSearch that needs no password. @throws OpenSearchFault */
export async function carryOutInOpenSearch(
  step: Doing<"putOpenSearchRole" | "removeOpenSearchRole" | "removeOpenSearchUser">,
  target: OpenSearchTarget | undefined,
): Promise<void> {
  switch (step.do) {
    case "putOpenSearchRole":
      await send(putRole(step.role.name, step.role.definition), target);
      return send(putMapping(step.role.name, holdersOf(step.role.name)), target);
    case "removeOpenSearchRole":
      // The role last: it is what tells that both were ours, should this be cut short.
      await send(deleteMapping(step.role), target);
      return send(deleteRole(step.role), target);
    case "removeOpenSearchUser":
      return send(deleteInternalUser(step.username), target);
    default:
      return step satisfies never;
  }
}

/** Makes the user or gives it the password that its secret holds. @throws OpenSearchFault */
export async function putOpenSearchUser(
  { identity, role, clientSecret }: Doing<"putOpenSearchUser">,
  { password }: Credentials,
  target: OpenSearchTarget | undefined,
): Promise<void> {
  const user = { backend_roles: [role], attributes: attributesOf(clientSecret, digestOf(password)) };
  await send(putInternalUser(identity.username, password, user), target);
}

async function send(request: OpenSearchRequest, target: OpenSearchTarget | undefined): Promise<void> {
  if (target === undefined) throw new Error("a step for OpenSearch was planned without one");
  try {
    await target.admin.request(request);
  } catch (error) {
    const isGone = request.method === "DELETE" && error instanceof OpenSearchFault && error.status === 404;
    if (!isGone) throw error;
  }
}
