import { expect, it } from "vitest";
import { planOf, rotationPlans } from "../../../cli/entitlements/plans.ts";
import { entitlementsVariables } from "../../../cli/entitlements/variables.ts";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";
import type { Plan } from "../../../domain/entitlements/step.ts";
import { World } from "../../domain/entitlements/world.ts";

const prefix = "market.";
const stateOf = (customers: string) =>
  desiredState(
    parseEntitlements(`products:\n  full: { symbols: "*", kinds: [quotes, trades] }\ncustomers:\n${customers}`, prefix),
    prefix,
  );
const customer = (name: string, users: string) =>
  `  ${name}: { account: "111122223333", products: [full], users: [${users}] }\n`;
const file = stateOf(customer("acme", "alice, carol") + customer("beta", "bob"));

function worldOf(desired: typeof file): World {
  const world = new World();
  play(world, planOf(desired, world.inForce, { prefix }));
  return world;
}

function play(world: World, { steps }: Plan, count = steps.length): void {
  for (const step of steps.slice(0, count)) world.play(step);
}

const doing = ({ steps }: Plan) => steps.map((step) => step.do);

it("a store that has nothing of a user that signs in is taken for the wrong one, and no password is changed", () => {
  const world = worldOf(file);
  const asNamed = ["AmazonMSK_market.carol", "market.customer.acme.carol"];
  for (const name of asNamed) world.secrets.delete(name);
  expect(() => planOf(file, world.inForce, { prefix })).toThrow(/would be changed: carol\./);
  world.secrets.clear();
  expect(() => planOf(file, world.inForce, { prefix })).toThrow(/would be changed: alice, carol, bob\./);
  play(world, planOf(file, world.inForce, { prefix, newPasswords: true }));
  expect(file.users.every(({ clientSecret }) => world.signsIn(clientSecret))).toBe(true);
});

it("a first run that is cut short anywhere is not taken for a wrong store", () => {
  const { steps } = planOf(file, new World().inForce, { prefix });
  for (const count of steps.keys()) {
    const world = new World();
    play(world, { steps, notes: [] }, count);
    expect(() => planOf(file, world.inForce, { prefix })).not.toThrow();
  }
});

it("a user does not go from one customer to another in one run: connections that are open would take the new rights", () => {
  const moved = stateOf(customer("acme", "alice") + customer("beta", "bob, carol"));
  const world = worldOf(file);
  expect(() => planOf(moved, world.inForce, { prefix })).toThrow(/carol from acme to beta/);
  play(world, planOf(stateOf(customer("acme", "alice") + customer("beta", "bob")), world.inForce, { prefix }));
  expect(planOf(moved, world.inForce, { prefix }).steps.length).toBeGreaterThan(0);
});

it("wherever a rotation is cut short, it is told from one that is done, and the next one ends what was to be replaced", () => {
  const user = "alice";
  const whole = rotationPlans(file, worldOf(file).inForce, { user })[0]?.plan ?? { steps: [], notes: [] };
  const handOver = doing(whole).indexOf("handOver");
  for (const healed of [false, true]) {
    for (const count of whole.steps.keys()) {
      const world = worldOf(file);
      const old = world.scram.get("alice");
      play(world, whole, count);
      if (healed) play(world, planOf(file, world.inForce, { prefix }));
      const finish = () => rotationPlans(file, world.inForce, { user, finish: true }).map(({ plan }) => plan);
      if (count <= handOver) {
        if (!healed && count > 0) expect(finish).toThrow("cut short: its programs still sign in as alice,");
        else expect(finish()).toEqual([{ steps: [], notes: ["alice is in force"] }]);
        const again = rotationPlans(file, world.inForce, { customer: "acme" })[0]?.plan;
        expect(again?.steps.length).toBeGreaterThan(0);
        play(world, again ?? whole);
      }
      for (const plan of finish()) play(world, plan);
      expect([...world.scram.values()]).not.toContain(old);
      expect(world.signsIn("market.customer.acme.alice")).toBe(true);
      expect(planOf(file, world.inForce, { prefix }).steps).toEqual([]);
      expect([...world.acls.values()].filter(({ principal }) => principal.startsWith("Withheld"))).toEqual([]);
    }
  }
});

it("a prefix after which another deployment's users could follow is refused", () => {
  const isGood = (value: string) => entitlementsVariables.shape.TOPIC_PREFIX.safeParse(value).success;
  expect(["market.", "dev-", "", undefined as unknown as string].map(isGood)).toEqual([true, true, true, true]);
  expect(["dev", "dev_", "a.b"].map(isGood)).toEqual([false, false, false]);
});
