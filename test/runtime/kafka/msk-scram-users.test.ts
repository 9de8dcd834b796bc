import { afterEach, beforeEach, expect, it } from "vitest";
import { type MskScramUsersOptions, mskScramUsers } from "../../../runtime/kafka/msk-scram-users.ts";
import { withoutAws } from "../../support/aws-stand-in.ts";
import { clusterArn } from "../../support/fake-msk/fake-cluster.ts";
import { type FakeMsk, type FakeMskOptions, startFakeMsk, throttled } from "../../support/fake-msk/fake-msk.ts";
import { type FakeSecretsManager, secretArnOf, startFakeSecretsManager } from "../../support/fake-secrets-manager.ts";

withoutAws();

let msk: FakeMsk;
let manager: FakeSecretsManager;
beforeEach(async () => {
  manager = await startFakeSecretsManager();
  for (const name of ["AmazonMSK_market.alice", "AmazonMSK_market.alice-2"]) {
    manager.secrets.set(name, { text: "{}", kmsKeyId: "key", policy: undefined, tags: new Map() });
  }
});
afterEach(() => {
  msk.close();
  manager.close();
});

const alice = { username: "alice", secret: "AmazonMSK_market.alice" };
const arn = secretArnOf(alice.secret);

async function usersOf(options: FakeMskOptions = {}, more: Partial<MskScramUsersOptions> = {}) {
  msk = await startFakeMsk({ ...options, secretsManager: manager.endpoint });
  const { endpoint } = msk;
  const quick = { settleMsMax: 2000, lookEveryMs: 5 };
  return mskScramUsers({ clusterArn, prefix: "market.", region: "us-east-1", endpoint, ...quick, ...more });
}

const askedFor = (operation: string) => msk.asked.filter((each) => each.operation === operation);

it("a user is put by its secret's ARN, and is there once the cluster shows it", async () => {
  const users = await usersOf({ listsBehind: 2 });
  await users.put(alice, "not needed");
  expect([...msk.secrets.associated]).toEqual([arn]);
  expect(await users.list()).toEqual(["alice"]);
  expect(askedFor("BatchAssociateScramSecret").map(({ body }) => body)).toEqual([{ secretArnList: [arn] }]);
  expect(JSON.stringify(msk.asked)).not.toContain("not needed");
});

it("a secret that MSK cannot read yet, as it says of one that was just made, is tried again until it can", async () => {
  let refusals = 2;
  const refusal = () =>
    refusals-- > 0
      ? { code: "InvalidSecretArn", message: "Amazon MSK wasn't able to access the provided secret." }
      : null;
  const users = await usersOf({ refusal });
  await users.put(alice, "");
  expect(askedFor("BatchAssociateScramSecret")).toHaveLength(3);
  expect(await users.list()).toEqual(["alice"]);
});

it("a secret that MSK can never read is told with MSK's reason", async () => {
  const refusal = () => ({ code: "InvalidSecretArn", message: "It has the default key." });
  const users = await usersOf({ refusal }, { settleMsMax: 50 });
  await expect(users.put(alice, "")).rejects.toMatchObject({
    code: "kafkaFailed",
    retriable: false,
    message: expect.stringMatching(/AmazonMSK_market.alice: InvalidSecretArn: It has the default key\./),
    remedy: expect.stringMatching(/customer managed key/),
  });
});

it("a change that the cluster does not show in time is told as one that may come yet", async () => {
  const users = await usersOf({ listsBehind: 1000 }, { settleMsMax: 50 });
  await expect(users.put(alice, "")).rejects.toMatchObject({ code: "kafkaFailed", retriable: true });
});

it("of a secret that was deleted and made anew, the old association goes first", async () => {
  const users = await usersOf();
  const old = arn.replace("-AbCdEf", "-OldOld");
  msk.secrets.associated.add(old);
  await users.put(alice, "");
  expect([...msk.secrets.associated]).toEqual([arn]);
});

it("a user that is associated already is put again: MSK looks at its secret anew", async () => {
  const users = await usersOf();
  await users.put(alice, "");
  await users.put(alice, "");
  expect(askedFor("BatchAssociateScramSecret")).toHaveLength(2);
});

it("a user that is gone already is none the less removed, and one that is there goes, with every secret of its name", async () => {
  const users = await usersOf({ listsBehind: 1 });
  await users.remove(alice);
  expect(askedFor("BatchDisassociateScramSecret")).toHaveLength(0);
  for (let at = 10; at < 22; at++) msk.secrets.associated.add(arn.replace("-AbCdEf", `-AbCd${at}`));
  msk.secrets.associated.add(secretArnOf("AmazonMSK_market.alice-2"));
  await users.remove(alice);
  expect(await users.list()).toEqual(["alice-2"]);
  // Twelve of them: MSK takes ten in a request.
  expect(askedFor("BatchDisassociateScramSecret").map(({ body }) => (body["secretArnList"] as []).length)).toEqual([
    10, 2,
  ]);
});

it("users are told by their secrets' names, page by page; those of other deployments too", async () => {
  const users = await usersOf();
  const names = ["market.alice", "market.alice-2", "other.bob", "third-carol_x", "Payments/Service", "market.dave"];
  for (const name of names) msk.secrets.associated.add(secretArnOf(`AmazonMSK_${name}`));
  expect((await users.list()).toSorted()).toEqual(["Payments/Service", "alice", "alice-2", "bob", "carol_x", "dave"]);
  expect(askedFor("ListScramSecrets").length).toBeGreaterThan(1);
});

it("a service that is busy, or does not answer in time, is asked again", async () => {
  const users = await usersOf({}, { answerMsMax: 200 });
  msk.trouble("ListScramSecrets", throttled);
  msk.trouble("ListScramSecrets", { kind: "silence" });
  msk.trouble("BatchAssociateScramSecret", { kind: "lostAnswer" });
  await users.put(alice, "");
  expect(await users.list()).toEqual(["alice"]);
});

it("a right that the role lacks is told at once, as no fault that passes", async () => {
  const users = await usersOf();
  const fault = { status: 403, type: "ForbiddenException", message: "No." };
  msk.trouble("ListScramSecrets", { kind: "fault", fault });
  await expect(users.list()).rejects.toMatchObject({
    code: "kafkaFailed",
    retriable: false,
    remedy: expect.stringMatching(/rights of the role/),
  });
  expect(askedFor("ListScramSecrets")).toHaveLength(1);
});
