import { PipelineError } from "../errors.ts";
import type { DesiredState, DesiredUser } from "./desired-state.ts";
import { identitiesInUse } from "./difference.ts";
import { type Identity, ownerOfSecret } from "./identities.ts";
import type { InForce, OpenSearchInForce, OpenSearchUser } from "./in-force.ts";
import { type OpenSearchRole, roleBeginning, roleDescription } from "./open-search-role.ts";
import { wholeMapping, wholeRole } from "./role-definition.ts";
import type { Plan, Step } from "./step.ts";

/**
 * What a plan for Kafka needs besides so that the same identities, with the same passwords, sign in to OpenSearch and have their customer's role
 * there. What is taken away goes first; a user is put once its password is proved, before its customer is given it. Nothing where there is no
 * OpenSearch to see to.
 * @throws PipelineError `badConfiguration` where a name is taken by a user of somebody else's
 */
export function withOpenSearch(plan: Plan, desired: DesiredState, inForce: InForce, prefix: string): Plan {
  const { openSearch } = inForce;
  if (openSearch === undefined) return plan;
  requireFreeNames(desired, openSearch, prefix);
  const wanted = new Map(
    desired.users.flatMap((user) => {
      const { active, other, otherIsGood } = identitiesInUse(user, inForce);
      return (otherIsGood ? [active, other] : [active]).map(
        (identity) => [identity.username, { identity, user }] as const,
      );
    }),
  );
  const ours = [...openSearch.users].filter(([, user]) => ownerOf(user, prefix) !== null).map(([username]) => username);
  const leaving = ours.filter((username) => !wanted.has(username));
  const mirrored = plan.steps.flatMap((step) => [step, ...putAfter(step, desired, openSearch)]);
  const put = new Set(mirrored.flatMap((step) => (step.do === "putOpenSearchUser" ? [step.identity.username] : [])));
  const missing = [...wanted.values()].filter(({ identity, user }) => {
    return !put.has(identity.username) && !isInForce(identity, user, inForce, openSearch, prefix);
  });
  return {
    steps: [
      ...rolesToRemove(desired, openSearch, prefix).map((role) => ({ do: "removeOpenSearchRole", role }) as const),
      ...leaving.map((username) => ({ do: "removeOpenSearchUser", username }) as const),
      ...desired.openSearchRoles.flatMap((role) => roleStep(role, openSearch)),
      ...mirrored,
      ...missing.map(({ identity, user }) => putUser(identity, user, desired, openSearch)),
    ],
    notes: plan.notes,
  };
}

/** The same for a rotation, or the end of one, which sees to one user's identities and to nothing else. */
export function rotationInOpenSearch(plan: Plan, desired: DesiredState, { openSearch }: InForce): Plan {
  if (openSearch === undefined) return plan;
  const removed = plan.steps.flatMap((step): readonly Step[] => {
    if (step.do !== "removeUser" || !openSearch.users.has(step.identity.username)) return [];
    return [{ do: "removeOpenSearchUser", username: step.identity.username }];
  });
  const mirrored = plan.steps.flatMap((step) => [step, ...putAfter(step, desired, openSearch)]);
  return { steps: [...removed, ...mirrored], notes: plan.notes };
}

/** What tells that a user of OpenSearch is ours and whose; and, by the password's digest, whether it has the one of its secret. */
export function attributesOf(clientSecret: string, digest: string): OpenSearchUser["attributes"] {
  return { [ownerAttribute]: clientSecret, [digestAttribute]: digest };
}

const ownerAttribute = "bellwether";
const digestAttribute = "digest";

function ownerOf({ attributes }: OpenSearchUser, prefix: string): string | null {
  return ownerOfSecret(attributes[ownerAttribute] ?? "", prefix)?.customer ?? null;
}

function putAfter(step: Step, desired: DesiredState, openSearch: OpenSearchInForce): readonly Step[] {
  if (step.do !== "proveSignIn") return [];
  const { username } = step.identity;
  const user = desired.users.find(({ identities }) => identities.some((identity) => identity.username === username));
  return user === undefined ? [] : [putUser(step.identity, user, desired, openSearch)];
}

function putUser(identity: Identity, user: DesiredUser, desired: DesiredState, { users }: OpenSearchInForce): Step {
  const { clientSecret } = user;
  const role = roleOf(user, desired);
  return { do: "putOpenSearchUser", identity, role, clientSecret, replaces: users.has(identity.username) };
}

function roleOf({ customer }: DesiredUser, { openSearchRoles }: DesiredState): string {
  const role = openSearchRoles.find((each) => each.customer === customer);
  if (role === undefined) throw new Error(`the customer ${customer} has no role`);
  return role.name;
}

/** Whether OpenSearch has the user, for this customer, with the password of its secret. */
function isInForce(
  { username, secret }: Identity,
  { clientSecret, customer }: DesiredUser,
  { secrets }: InForce,
  { users }: OpenSearchInForce,
  prefix: string,
): boolean {
  const found = users.get(username);
  const digest = secrets.get(secret)?.digest ?? null;
  if (found === undefined || digest === null) return false;
  const isMapped = found.backend_roles.length === 1 && found.backend_roles[0] === `${roleBeginning(prefix)}${customer}`;
  const { [ownerAttribute]: owner, [digestAttribute]: held } = found.attributes;
  return isMapped && owner === clientSecret && held === digest;
}

function roleStep(role: OpenSearchRole, { roles, mappings }: OpenSearchInForce): readonly Step[] {
  const found = roles.get(role.name);
  const isSame =
    same(found, wholeRole(role.definition)) && same(mappings.get(role.name), wholeMapping(holdersOf(role.name)));
  return isSame ? [] : [{ do: "putOpenSearchRole", role, replaces: found !== undefined }];
}

/**
 * Who has a customer's role: whoever is signed in with the backend role of the same name. The customer's users in OpenSearch are; people whom an
 * identity provider signs in can be given it there.
 */
export function holdersOf(role: string): {
  readonly users: readonly string[];
  readonly backend_roles: readonly string[];
} {
  return { users: [], backend_roles: [role] };
}

/** Both are made by one schema, so that their keys stand in one order. */
function same(found: object | undefined, wanted: object): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}

function rolesToRemove(
  { openSearchRoles }: DesiredState,
  { roles }: OpenSearchInForce,
  prefix: string,
): readonly string[] {
  const wanted = new Set(openSearchRoles.map(({ name }) => name));
  const beginning = roleBeginning(prefix);
  return [...roles].flatMap(([name, { description }]) => {
    const isOurs = name.startsWith(beginning) && description === roleDescription(name.slice(beginning.length), prefix);
    return isOurs && !wanted.has(name) ? [name] : [];
  });
}

function requireFreeNames({ users }: DesiredState, openSearch: OpenSearchInForce, prefix: string): void {
  const names = users.flatMap(({ identities }) => identities.map(({ username }) => username));
  const taken = names.filter((name) => {
    const found = openSearch.users.get(name);
    return found !== undefined && ownerOf(found, prefix) === null;
  });
  if (taken.length === 0) return;
  throw new PipelineError(
    "badConfiguration",
    `OpenSearch has users of these names that are not customers': ${taken.join(", ")}.`,
    {
      remedy: "Give the customers' users other names in the file, or remove those from OpenSearch.",
    },
  );
}
