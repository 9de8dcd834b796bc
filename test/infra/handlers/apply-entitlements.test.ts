import { expect, it } from "vitest";
import type { OpenTarget } from "../../../cli/entitlements/open-target.ts";
import { type AclBinding, aclKey } from "../../../domain/entitlements/acl-binding.ts";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";
import { applyEntitlements } from "../../../infra/handlers/entitlements/apply-entitlements.ts";
import { rotateUsers } from "../../../infra/handlers/entitlements/rotate-users.ts";
import type { StoredSecret } from "../../../runtime/secrets/secret-store.ts";
import { quietLog } from "../../support/broker.ts";

/** A cluster and a store in memory, as far as new users need them. */
function emptyTarget() {
  const acls: AclBinding[] = [];
  const users = new Set<string>();
  const secrets = new Map<string, StoredSecret>();
  const waits: number[] = [];
  const open = async (onDone: OpenTarget["onDone"]) =>
    ({
      prefix: "market.",
      admin: {
        acls: async () => acls,
        topics: async () => new Map(),
        groups: async () => [],
        deleteAcls: async (gone: readonly AclBinding[]) => {
          const keys = new Set(gone.map(aclKey));
          acls.splice(0, acls.length, ...acls.filter((acl) => !keys.has(aclKey(acl))));
        },
        createAcls: async (more: readonly AclBinding[]) => void acls.push(...more),
      },
      users: {
        list: async () => [...users],
        put: async ({ username }: { readonly username: string }) => void users.add(username),
        takesMsMax: 600_000,
      },
      secrets: {
        list: async (beginnings: readonly string[]) =>
          [...secrets.values()].filter(({ name }) => beginnings.some((each) => name.startsWith(each))),
        put: async (name: string, credentials: StoredSecret["credentials"], account: string | null) =>
          void secrets.set(name, { name, credentials, account }),
      },
      topics: { ensureTopics: async () => {} },
      signIn: async () => true,
      onDone,
      pause: async (ms: number) => void waits.push(ms),
      close: async () => {},
    }) as unknown as OpenTarget;
  return { users, secrets, open };
}

const entitlements = parseEntitlements(
  `products:
  full: { symbols: "*", kinds: [quotes, trades] }
customers:
  acme: { account: "111122223333", products: [full], users: [alice, bob, carol] }
`,
  "market.",
);

it("a call whose time is up ends between two steps, and the next ones do the rest", async () => {
  const target = emptyTarget();
  let nowMs = 0;
  // Each step takes a minute and a half.
  const deps = { log: quietLog, open: target.open, nowMs: () => (nowMs += 90_000) };
  const calls: boolean[] = [];
  while (calls.at(-1) !== true && calls.length < 20) {
    calls.push(await applyEntitlements(entitlements, { prefix: "market." }, deps));
  }
  expect(calls.length).toBeGreaterThan(2);
  expect(calls.at(-1)).toBe(true);
  expect([...target.users].toSorted()).toEqual(["alice", "bob", "carol"]);
  expect([...target.secrets.keys()].filter((name) => name.startsWith("market.customer."))).toHaveLength(3);
});

it("with time enough it is done in one call", async () => {
  const target = emptyTarget();
  const deps = { log: quietLog, open: target.open, nowMs: () => 0 };
  expect(await applyEntitlements(entitlements, { prefix: "market." }, deps)).toBe(true);
  expect(target.users.size).toBe(3);
});

it("a customer's rotation whose time is up ends between two users, and the same request goes on with the others", async () => {
  const target = emptyTarget();
  await applyEntitlements(entitlements, { prefix: "market." }, { log: quietLog, open: target.open, nowMs: () => 0 });
  let nowMs = 0;
  const deps = { log: quietLog, open: target.open, nowMs: () => (nowMs += 50_000) };
  const answers = [];
  while (answers.at(-1)?.isDone !== true && answers.length < 20) {
    answers.push(await rotateUsers(entitlements, { rotate: { customer: "acme" }, finish: false }, deps));
  }
  expect(answers.length).toBe(2);
  expect(answers[0]?.lines.at(-1)).toBe("There is more to do: ask again.");
  const made = answers.flatMap(({ lines }) => lines.filter((line) => line.endsWith("has a new password.")));
  expect(made).toEqual(["alice", "bob", "carol"].map((user) => `${user}: has a new password.`));
  expect(target.secrets.get("market.customer.acme.carol")?.credentials?.username).toBe("carol-2");
});
