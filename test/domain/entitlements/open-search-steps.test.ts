import { expect, it } from "vitest";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import { identitiesOf } from "../../../domain/entitlements/identities.ts";
import type { InForce, OpenSearchInForce, OpenSearchUser } from "../../../domain/entitlements/in-force.ts";
import {
  attributesOf,
  holdersOf,
  rotationInOpenSearch,
  withOpenSearch,
} from "../../../domain/entitlements/open-search-steps.ts";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";
import { wholeMapping, wholeRole } from "../../../domain/entitlements/role-definition.ts";
import { type Step, stepLines } from "../../../domain/entitlements/step.ts";

const prefix = "market.";
const file = (customers: string) => `products:
  cut: { symbols: [AAPL], kinds: [quotes], columns: [bidPrice] }
customers:
${customers}`;
const acme = '  acme: { account: "111122223333", products: [cut], users: [alice] }\n';
const beta = '  beta: { account: "444455556666", products: [cut], users: [bob] }\n';
const both = desiredState(parseEntitlements(file(acme + beta), prefix), prefix);
const acmeAlone = desiredState(parseEntitlements(file(acme), prefix), prefix);

const digestOf = (username: string) => `digest of ${username}`;

/** Kafka and its secrets, with these identities in use: the last of a user is the one handed over. */
function kafkaWith(usernames: readonly string[], openSearch?: OpenSearchInForce): InForce {
  const secrets = usernames.flatMap((username) => {
    const user = username.replace("-2", "");
    const held = { username, digest: digestOf(username), account: null };
    const customer = user === "alice" ? "acme" : "beta";
    return [
      [`AmazonMSK_market.${username}`, held],
      [`market.customer.${customer}.${user}`, held],
    ] as const;
  });
  return {
    ...{ topics: new Map(), acls: [], groups: [], scramUsers: new Set(usernames), secrets: new Map(secrets) },
    ...(openSearch === undefined ? {} : { openSearch }),
  };
}

const ours = (username: string, customer: string, user = username): [string, OpenSearchUser] => [
  username,
  {
    backend_roles: [`market-customer-${customer}`],
    attributes: attributesOf(`market.customer.${customer}.${user}`, digestOf(username)),
  },
];

/** What OpenSearch holds once both customers are in force. */
const inForce: OpenSearchInForce = {
  roles: new Map(both.openSearchRoles.map(({ name, definition }) => [name, wholeRole(definition)])),
  mappings: new Map(both.openSearchRoles.map(({ name }) => [name, wholeMapping(holdersOf(name))])),
  users: new Map([["admin", { backend_roles: [], attributes: {} }], ours("alice", "acme"), ours("bob", "beta")]),
};
const lines = (steps: readonly Step[]) => steps.flatMap(stepLines);
const stepsOf = (
  desired: typeof both,
  openSearch: OpenSearchInForce,
  steps: readonly Step[] = [],
  kafka = ["alice", "bob"],
) => withOpenSearch({ steps, notes: [] }, desired, kafkaWith(kafka, openSearch), prefix).steps;

it("without an OpenSearch a plan stays as it is", () => {
  const plan = { steps: [{ do: "deleteTopic", topic: "x" }], notes: ["n"] } as const;
  expect(withOpenSearch(plan, both, kafkaWith([]), prefix)).toBe(plan);
  expect(rotationInOpenSearch(plan, both, kafkaWith([]))).toBe(plan);
});

it("once all is in force there is nothing to do", () => {
  expect(stepsOf(both, inForce)).toEqual([]);
});

it("an OpenSearch that was added later gets the roles and the users that Kafka has", () => {
  const empty = { roles: new Map(), mappings: new Map(), users: new Map() };
  expect(lines(stepsOf(both, empty))).toEqual([
    "+ OpenSearch role market-customer-acme: shows market-quotes-* (some documents, some fields), market-gaps-* (some documents)",
    "+ OpenSearch role market-customer-beta: shows market-quotes-* (some documents, some fields), market-gaps-* (some documents)",
    "+ OpenSearch user alice: has the role market-customer-acme",
    "+ OpenSearch user bob: has the role market-customer-beta",
  ]);
});

it("a new password is put once it is proved, before it is handed over", () => {
  const [identity, second] = identitiesOf("alice", prefix);
  const kafka: Step[] = [
    { do: "makeUser", identity, replaces: true },
    { do: "proveSignIn", identity },
    { do: "handOver", identity, clientSecret: "s", account: "1", replaces: true },
  ];
  expect(stepsOf(both, inForce, kafka).map((step) => step.do)).toEqual([
    "makeUser",
    "proveSignIn",
    "putOpenSearchUser",
    "handOver",
  ]);
  const rotation = kafka.map((step) => ({ ...step, identity: second })) as Step[];
  const rotated = rotationInOpenSearch({ steps: rotation, notes: [] }, both, kafkaWith(["alice"], inForce));
  expect(lines(rotated.steps)).toContain("+ OpenSearch user alice-2: has the role market-customer-acme");
});

it("the end of a rotation takes the old password away first", () => {
  const [identity] = identitiesOf("alice", prefix);
  const plan = { steps: [{ do: "removeUser", identity } as const], notes: [] };
  const { steps } = rotationInOpenSearch(plan, both, kafkaWith(["alice-2"], inForce));
  expect(steps.map((step) => step.do)).toEqual(["removeOpenSearchUser", "removeUser"]);
});

it("a customer that leaves loses its role before anything else is done, then its users; others and strangers stay", () => {
  const strangers = new Map(inForce.roles);
  strangers.set("market-customer-of-hand", wholeRole({ ...roleByHand }));
  const kafka: Step[] = [{ do: "deleteTopic", topic: "x" }];
  expect(lines(stepsOf(acmeAlone, { ...inForce, roles: strangers }, kafka))).toEqual([
    "- OpenSearch role market-customer-beta",
    "- OpenSearch user bob",
    "- topic x and its records",
  ]);
});
const roleByHand = { description: "", cluster_permissions: [], index_permissions: [], tenant_permissions: [] };

it("another password than the secret's, another role, and a user that is gone are put right", () => {
  const [username, user] = ours("alice", "acme");
  for (const found of [
    undefined,
    { ...user, attributes: { ...user.attributes, digest: "another" } },
    { ...user, backend_roles: ["market-customer-beta"] },
    { ...user, backend_roles: [...user.backend_roles, "admin"] },
  ]) {
    const users = new Map(inForce.users);
    if (found === undefined) users.delete(username);
    else users.set(username, found);
    expect(stepsOf(both, { ...inForce, users })).toMatchObject([{ do: "putOpenSearchUser", identity: { username } }]);
  }
});

it("a name that somebody else's user has is refused before anything is done", () => {
  const [, user] = ours("alice", "acme");
  for (const attributes of [{}, { ...user.attributes, bellwether: "other.customer.acme.alice" }]) {
    const users = new Map([...inForce.users, ["alice", { ...user, attributes }] as const]);
    expect(() => stepsOf(both, { ...inForce, users })).toThrow("users of these names that are not customers': alice");
  }
});
