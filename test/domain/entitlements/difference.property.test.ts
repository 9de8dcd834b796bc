import fc from "fast-check";
import { expect, it } from "vitest";
import { allowed } from "../../../domain/entitlements/acl-binding.ts";
import { type DesiredState, desiredState } from "../../../domain/entitlements/desired-state.ts";
import { difference } from "../../../domain/entitlements/difference.ts";
import { defaultTopicTemplate, type Entitlements, type Product } from "../../../domain/entitlements/entitlements.ts";
import { finishRotation, rotation } from "../../../domain/entitlements/rotation.ts";
import { showsAllOf } from "../../../domain/entitlements/topic-mark.ts";
import { World } from "./world.ts";

const prefix = "market.";
const symbols = ["AAPL", "AMZN", "MSFT"];

const product = (name: string): fc.Arbitrary<Product> =>
  fc.record({
    name: fc.constant(name),
    symbols: fc.oneof(fc.constant("*" as const), fc.subarray(symbols, { minLength: 1 })),
    kinds: fc.constantFrom(["quotes", "trades"] as const, ["candles"] as const, ["quotes"] as const),
    columns: fc.constantFrom("*" as const, ["bidPrice"], ["bidPrice", "askPrice"]),
    delayMs: fc.constantFrom(0, 60_000),
    shape: fc.constant("record" as const),
    topic: fc.constant(defaultTopicTemplate),
  });

/** Customers with some of four users between them, each buying some of three products. */
const entitlements: fc.Arbitrary<Entitlements> = fc
  .record({
    products: fc.tuple(product("a"), product("bb"), product("ccc")),
    owners: fc.tuple(...Array.from({ length: 4 }, () => fc.constantFrom("acme", "beta", null))),
    acme: fc.subarray(["a", "bb", "ccc"], { minLength: 1 }),
    beta: fc.subarray(["a", "bb", "ccc"], { minLength: 1 }),
    account: fc.constantFrom("111122223333", "444455556666"),
  })
  .map(({ products, owners, acme, beta, account }) => {
    const users = ["alice", "alice2", "bob", "carol"];
    const usersOf = (customer: string) => users.filter((_, index) => owners[index] === customer);
    const customers = [
      { name: "acme", account, products: acme, users: usersOf("acme") },
      { name: "beta", account: "777788889999", products: beta, users: usersOf("beta") },
    ];
    return { products, customers: customers.filter((customer) => customer.users.length > 0) };
  });

const stateOf = (file: Entitlements) => desiredState(file, prefix);
const options = { prefix, deleteTopics: true };

function apply(world: World, desired: DesiredState): void {
  for (const step of difference(desired, world.inForce, options).steps) world.play(step);
}

/** A world in which the file holds, everyone reads, and some users are in the middle of a rotation. */
function worldOf(desired: DesiredState, rotating: readonly string[]): World {
  const world = new World();
  world.scram.set("admin", "secret").set("enricher", "secret");
  for (const acl of [allowed("enricher", "read", "group", "market.enricher", "prefixed")])
    world.play({ do: "grant", acls: [acl] });
  apply(world, desired);
  for (const user of desired.users) {
    world.groups.push(`${user.groupPrefix}dashboard`);
    if (rotating.includes(user.user)) for (const step of rotation(user, world.inForce).steps) world.play(step);
  }
  world.groups.push("market.enricher");
  return world;
}

const everyone = ["alice", "alice-2", "alice2", "alice2-2", "bob", "bob-2", "carol", "carol-2", "enricher", "admin"];
const rightsOf = (world: World) => new Map(everyone.map((user) => [user, world.rights(user)]));
const rotatingUsers = fc.subarray(["alice", "bob"]);

it("whatever was in force, after apply the file holds, nothing else does, and there is nothing left to change", () => {
  fc.assert(
    fc.property(entitlements, entitlements, rotatingUsers, (before, after, rotating) => {
      const world = worldOf(stateOf(before), rotating);
      const desired = stateOf(after);
      apply(world, desired);
      expect(difference(desired, world.inForce, options).steps).toEqual([]);
      const fresh = worldOf(desired, []);
      for (const { user, clientSecret, identities } of desired.users) {
        expect(world.signsIn(clientSecret)).toBe(true);
        const active = world.secrets.get(clientSecret)?.username ?? "";
        const groupsAndTopics = fresh.rights(identities[0].username);
        expect(world.rights(active), user).toEqual(groupsAndTopics);
      }
      const known = new Set(desired.users.map(({ user }) => user));
      for (const user of ["alice", "alice2", "bob", "carol"].filter((name) => !known.has(name))) {
        expect([...world.scram.keys()].filter((name) => name === user || name === `${user}-2`)).toEqual([]);
        expect([...world.secrets.keys()].filter((name) => new RegExp(`[._]${user}(-2)?$`).test(name))).toEqual([]);
        expect(world.groups.filter((group) => group.startsWith(`${user}-`))).toEqual([]);
        expect([...world.rights(user), ...world.rights(`${user}-2`)]).toEqual([]);
      }
      expect(new Set(world.topics.keys())).toEqual(new Set(fresh.topics.keys()));
      expect([world.scram.get("admin"), world.rights("enricher"), world.groups.includes("market.enricher")]).toEqual([
        "secret",
        ["read group prefixed market.enricher"],
        true,
      ]);
    }),
  );
});

it("wherever apply is cut short, nobody has a right that it had neither before nor by the file, and the next apply ends it", () => {
  fc.assert(
    fc.property(entitlements, entitlements, rotatingUsers, fc.nat(), (before, after, rotating, cut) => {
      const world = worldOf(stateOf(before), rotating);
      const had = rightsOf(world);
      const desired = stateOf(after);
      const bought = rightsOf(worldOf(desired, ["alice", "alice2", "bob", "carol"]));
      const { steps } = difference(desired, world.inForce, options);
      for (const step of steps.slice(0, cut % (steps.length + 1))) {
        world.play(step);
        for (const user of everyone) {
          const allowedNow = new Set([...(had.get(user) ?? []), ...(bought.get(user) ?? [])]);
          expect(world.rights(user).filter((right) => !allowedNow.has(right))).toEqual([]);
        }
      }
      apply(world, desired);
      expect(difference(desired, world.inForce, options).steps).toEqual([]);
      for (const { clientSecret } of desired.users) expect(world.signsIn(clientSecret)).toBe(true);
    }),
  );
});

it("at every step of a rotation what the secret holds signs in with all rights, and what it held before until it is finished", () => {
  fc.assert(
    fc.property(entitlements, fc.integer({ min: 1, max: 5 }), (file, times) => {
      const desired = stateOf(file);
      const [user] = desired.users;
      if (user === undefined) return;
      const world = worldOf(desired, []);
      for (let time = 0; time < times; time++) {
        const held = world.secrets.get(user.clientSecret);
        const rights = world.rights(held?.username ?? "").length;
        for (const step of rotation(user, world.inForce).steps) {
          world.play(step);
          const now = world.secrets.get(user.clientSecret);
          expect(world.signsIn(user.clientSecret)).toBe(true);
          expect(world.rights(now?.username ?? "")).toHaveLength(rights);
          expect(world.scram.get(held?.username ?? "")).toBe(held?.digest);
        }
        expect(world.secrets.get(user.clientSecret)?.username).not.toBe(held?.username);
        expect(world.secrets.get(user.clientSecret)?.digest).not.toBe(held?.digest);
        expect(difference(desired, world.inForce, options).steps).toEqual([]);
        if (time % 2 === 0) for (const step of finishRotation(user, world.inForce).steps) world.play(step);
        expect(world.scram.has(held?.username ?? "")).toBe(time % 2 !== 0);
      }
    }),
  );
});

it("no topic that a buyer may read ever holds more than is sold on it, however the file changes and wherever apply is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(entitlements, fc.nat()), { minLength: 2, maxLength: 4 }), (files) => {
      const world = new World();
      const marksEver: DesiredState["marks"][] = [];
      for (const [file, cut] of files) {
        const desired = stateOf(file);
        marksEver.push(desired.marks);
        const { steps } = difference(desired, world.inForce, options);
        for (const step of steps.slice(0, cut % (steps.length + 1))) {
          world.play(step);
          // Stages with any of the files may be running.
          for (const marks of marksEver) world.distribute(marks);
        }
        for (const step of difference(desired, world.inForce, options).steps) world.play(step);
        for (const marks of marksEver) world.distribute(marks);
        for (const mark of desired.marks) {
          const held = world.written.get(mark.name) ?? [];
          expect(held.filter((each) => !showsAllOf(mark, each))).toEqual([]);
          expect(held).toContainEqual(mark);
        }
      }
    }),
  );
});

it("a secret that is lost costs a new password, and a run that is cut short there is mended by the next", () => {
  fc.assert(
    fc.property(entitlements, fc.subarray([0, 1, 2, 3, 4, 5, 6, 7]), fc.nat(), (file, lost, cut) => {
      const desired = stateOf(file);
      const world = worldOf(desired, []);
      const names = [...world.secrets.keys()];
      for (const index of lost) world.secrets.delete(names[index] ?? "");
      const { steps } = difference(desired, world.inForce, options);
      for (const step of steps.slice(0, cut % (steps.length + 1))) world.play(step);
      apply(world, desired);
      for (const { clientSecret } of desired.users) expect(world.signsIn(clientSecret)).toBe(true);
      expect(difference(desired, world.inForce, options).steps).toEqual([]);
    }),
  );
});
