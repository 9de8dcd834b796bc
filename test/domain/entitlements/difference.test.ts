import { describe, expect, it } from "vitest";
import { allowed } from "../../../domain/entitlements/acl-binding.ts";
import { desiredState } from "../../../domain/entitlements/desired-state.ts";
import { difference } from "../../../domain/entitlements/difference.ts";
import type { Entitlements } from "../../../domain/entitlements/entitlements.ts";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";
import { finishRotation, rotation } from "../../../domain/entitlements/rotation.ts";
import { planText } from "../../../domain/entitlements/step.ts";
import { World } from "./world.ts";

const prefix = "market.";
const keep = { prefix, deleteTopics: false };

function fileOf(customers: string, topic = "cut"): Entitlements {
  const products = `products:
  full: { symbols: "*", kinds: [quotes, trades] }
  cut: { symbols: [AAPL], kinds: [candles], topic: ${topic} }
`;
  return parseEntitlements(`${products}customers:\n${customers}`, prefix);
}

const acme = '  acme: { account: "111122223333", products: [full, cut], users: [alice] }\n';
const beta = '  beta: { account: "444455556666", products: [cut], users: [bob] }\n';

function worldOf(file: Entitlements): World {
  const world = new World();
  for (const step of difference(desiredState(file, prefix), world.inForce, keep).steps) world.play(step);
  return world;
}

const planOf = (file: Entitlements, world: World, options = keep) =>
  planText(difference(desiredState(file, prefix), world.inForce, options))
    .trimEnd()
    .split("\n");

describe("the plan", () => {
  it("of a new customer: topic, password, user, rights, and last the secret that it reads", () => {
    expect(planOf(fileOf(acme), new World())).toEqual([
      "+ mark: topic cut holds symbols=AAPL, kinds=candles, columns=*, delayMs=0, shape=record",
      "+ topic cut, partitions: 12, retention.ms: 2592000000",
      "+ right: User:distributor allow describe cluster kafka-cluster",
      "+ right: User:distributor allow write topic cut",
      "+ secret AmazonMSK_market.alice: a new password",
      "+ user alice: signs in with AmazonMSK_market.alice",
      "+ right: User:alice allow read topic cut",
      "+ right: User:alice allow read topic market.enriched",
      "+ right: User:alice allow read groups that begin with alice-",
      "+ secret market.customer.acme.alice of account 111122223333: holds alice",
    ]);
  });

  it("of a customer that is gone: rights first, secrets last, and its groups", () => {
    const world = worldOf(fileOf(acme + beta));
    world.groups.push("bob-desk", "bobby-desk", "alice-desk");
    expect(planOf(fileOf(acme), world)).toEqual([
      "- right: User:bob allow read topic cut",
      "- user bob",
      "- right: User:bob allow read groups that begin with bob-",
      "- group bob-desk and its offsets",
      "- secret AmazonMSK_market.bob",
      "- secret market.customer.beta.bob",
    ]);
  });

  it("of a product that is bought no more: just its right", () => {
    const world = worldOf(fileOf(acme));
    expect(planOf(fileOf(acme.replace("[full, cut]", "[cut]")), world)).toEqual([
      "- right: User:alice allow read topic market.enriched",
    ]);
  });

  it("of a product that is no more: its topic is named, and deleted where that is asked for", () => {
    const world = worldOf(fileOf(acme));
    const moved = fileOf(acme, "cut2");
    expect(planOf(moved, world).at(-1)).toBe("! topic cut is of no product: --delete-topics deletes it");
    expect(planOf(moved, world, { prefix, deleteTopics: true }).slice(-2)).toEqual([
      "- mark: topic cut holds symbols=AAPL, kinds=candles, columns=*, delayMs=0, shape=record",
      "- right: User:distributor allow write topic cut",
    ]);
    expect(planOf(moved, world, { prefix, deleteTopics: true })).toContain("- topic cut and its records");
  });

  it("says where nothing is to be changed, and that a rotation is not finished", () => {
    const world = worldOf(fileOf(acme));
    expect(planOf(fileOf(acme), world)).toEqual(["Nothing to change."]);
    const [alice] = desiredState(fileOf(acme), prefix).users;
    if (alice === undefined) throw new Error("no user");
    for (const step of rotation(alice, world.inForce).steps) world.play(step);
    expect(planOf(fileOf(acme), world)).toEqual([
      "Nothing to change.",
      "! alice signs in as alice-2; alice is still good until `entitlements rotate --user alice --finish`",
    ]);
  });
});

it("a user that goes from one customer to another has another password, and none of the offsets", () => {
  const world = worldOf(fileOf(acme));
  const known = world.scram.get("alice");
  world.groups.push("alice-desk");
  const moved = fileOf(acme.replace("acme:", "beta:"));
  for (const step of difference(desiredState(moved, prefix), world.inForce, keep).steps) world.play(step);
  expect(world.scram.get("alice")).not.toBe(known);
  expect(world.groups).toEqual([]);
  expect([...world.secrets.keys()].toSorted()).toEqual(["AmazonMSK_market.alice", "market.customer.beta.alice"]);
});

it("a removed customer is found by its rights alone where its secrets were lost", () => {
  const world = worldOf(fileOf(acme + beta));
  world.secrets.clear();
  const lines = planOf(fileOf(acme), world);
  expect(lines).toContain("- user bob");
  expect(lines).toContain("- right: User:bob allow read groups that begin with bob-");
});

it("users of the stages, the administrator and whoever else there is are never touched", () => {
  const world = worldOf(fileOf(acme));
  for (const user of ["admin", "broker", "enricher", "demo", "monitoring"]) world.scram.set(user, "own");
  const rights = [
    allowed("enricher", "read", "group", "market.enricher", "prefixed"),
    allowed("demo", "read", "group", "demo-", "prefixed"),
    allowed("distributor", "write", "topic", "market.dead-letter"),
    allowed("monitoring", "read", "topic", "market.enriched"),
  ];
  world.play({ do: "grant", acls: rights });
  expect(planOf(fileOf(acme), world, { prefix, deleteTopics: true })).toEqual(["Nothing to change."]);
});

it("customers and products of another deployment on the same cluster are not touched either", () => {
  const world = worldOf(fileOf(acme));
  for (const topic of ["market.raw", "market.enriched", "market.eu.raw", "market.eu.enriched"])
    world.topics.set(topic, { partitions: 12, configs: {} });
  const rights = [
    allowed("eve", "read", "topic", "market.eu.enriched"),
    allowed("eve", "read", "group", "eve-", "prefixed"),
    allowed("distributor", "write", "topic", "market.eu.dead-letter"),
    allowed("distributor", "write", "topic", "market.eu.product.x"),
  ];
  world.scram.set("eve", "own");
  world.play({ do: "grant", acls: rights });
  expect(planOf(fileOf(acme), world, { prefix, deleteTopics: true })).toEqual(["Nothing to change."]);
  const ofOther = difference(desiredState(fileOf(beta), "market.eu."), world.inForce, {
    prefix: "market.eu.",
    deleteTopics: true,
  });
  expect(planText(ofOther)).toContain("- user eve\n");
  expect(planText(ofOther)).not.toContain("- user alice\n");
});

it("rights that were given by hand are taken from customers, and told of where they are everyone's", () => {
  const world = worldOf(fileOf(acme));
  const byHand = allowed("alice", "write", "topic", "market.raw");
  const everyones = { ...allowed("x", "read", "topic", "market.raw"), principal: "User:*" };
  world.play({ do: "grant", acls: [byHand, everyones] });
  expect(planOf(fileOf(acme), world)).toEqual([
    "- right: User:alice allow write topic market.raw",
    "! everyone has a right that no entitlement gives: read topic market.raw",
  ]);
});

it("a topic with another partition count is a fault before anything is changed", () => {
  const world = new World();
  world.topics.set("cut", { partitions: 3, configs: {} });
  expect(() => planOf(fileOf(acme), world)).toThrow("cut needs 12, has 3");
});

it("a secret that was lost is made anew, and one that was given away with another account is told of", () => {
  const world = worldOf(fileOf(acme));
  world.secrets.delete("AmazonMSK_market.alice");
  expect(planOf(fileOf(acme), world)).toEqual([
    "+ secret AmazonMSK_market.alice: a new password",
    "~ user alice: signs in with AmazonMSK_market.alice",
    "~ secret market.customer.acme.alice of account 111122223333: holds alice",
  ]);
  const moved = fileOf(acme.replace("111122223333", "444455556666"));
  expect(planOf(moved, worldOf(fileOf(acme)))).toEqual([
    "~ secret market.customer.acme.alice of account 444455556666: holds alice",
    "! account 111122223333 has read the password of alice: rotate it once account 444455556666 reads the secret",
  ]);
});

describe("a topic of which less is sold than before", () => {
  const wide = worldOf(fileOf(acme)).inForce;
  const with_ = (change: string): Entitlements =>
    parseEntitlements(
      `products:
  full: { symbols: "*", kinds: [quotes, trades] }
  cut: { symbols: [AAPL], kinds: [candles], topic: cut${change} }
customers:
${acme}`,
      prefix,
    );
  const planned = (file: Entitlements, deleteTopics = false) =>
    planText(difference(desiredState(file, prefix), wide, { prefix, deleteTopics })).split("\n");

  it.each([", delay: 15m", ", columns: [open, close]", ", shape: bar"])(
    "(%s) is a fault that names it, before anything is changed",
    (change) => {
      expect(() => planned(with_(change))).toThrow("topic cut holds symbols=AAPL, kinds=candles");
    },
  );

  it("is given up by another topic's name", () => {
    const lines = planned(with_("2, delay: 15m"));
    expect(lines).toContain("- right: User:alice allow read topic cut");
    expect(lines).toContain("+ right: User:alice allow read topic cut2");
  });

  it("is deleted and made anew where that is asked for, and is not written in between", () => {
    expect(planned(with_(", delay: 15m"), true)).toEqual([
      "- right: User:distributor allow write topic cut",
      "- topic cut and its records",
      "- mark: topic cut holds symbols=AAPL, kinds=candles, columns=*, delayMs=0, shape=record",
      "+ mark: topic cut holds symbols=AAPL, kinds=candles, columns=*, delayMs=900000, shape=record",
      "+ topic cut, partitions: 12, retention.ms: 2592000000",
      "+ right: User:distributor allow write topic cut",
      "",
    ]);
  });

  it("of which more is sold stays, with another mark", () => {
    const before = worldOf(with_(", delay: 15m")).inForce;
    const { steps } = difference(desiredState(with_(""), prefix), before, keep);
    expect(steps.map((step) => step.do)).toEqual(["grant", "revoke"]);
  });

  it("is not taken up by another product either", () => {
    const other = parseEntitlements(
      `products:
  small: { symbols: [AAPL], kinds: [candles], columns: [open], topic: cut }
customers:
${acme.replace("[full, cut]", "[small]")}`,
      prefix,
    );
    expect(() => planned(other)).toThrow("topic cut holds");
  });
});

it("what an operator has denied stays denied: after apply, in a rotation, and when the user goes", () => {
  const world = worldOf(fileOf(acme));
  const denial = { ...allowed("alice", "read", "topic", "cut"), permission: "deny" };
  const note = "! what somebody has denied stays so, whatever was bought: User:alice deny read topic cut";
  world.play({ do: "grant", acls: [denial] });
  expect(planOf(fileOf(acme), world)).toEqual(["Nothing to change.", note]);
  const [alice] = desiredState(fileOf(acme), prefix).users;
  if (alice === undefined) throw new Error("no user");
  for (const step of rotation(alice, world.inForce).steps) world.play(step);
  expect(world.inForce.acls).toContainEqual({ ...denial, principal: "User:alice-2" });
  for (const step of finishRotation(alice, world.inForce).steps) world.play(step);
  expect(planOf(fileOf(beta), world)).toContain(note);
  for (const step of difference(desiredState(fileOf(beta), prefix), world.inForce, keep).steps) world.play(step);
  const left = world.inForce.acls.filter(({ principal }) => principal.startsWith("User:alice"));
  expect(left.map(({ permission }) => permission)).toEqual(["deny", "deny"]);
});
