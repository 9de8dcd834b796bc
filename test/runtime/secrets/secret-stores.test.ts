import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newPassword } from "../../../runtime/secrets/credentials-text.ts";
import { folderStore } from "../../../runtime/secrets/folder-store.ts";
import { managerStore } from "../../../runtime/secrets/manager-store.ts";
import type { SecretStore } from "../../../runtime/secrets/secret-store.ts";
import { type FakeSecretsManager, startFakeSecretsManager } from "../../support/fake-secrets-manager.ts";

let folder = "";
let fake: FakeSecretsManager;
beforeAll(async () => {
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  folder = await mkdtemp(join(tmpdir(), "secrets-"));
  fake = await startFakeSecretsManager();
});
afterAll(async () => {
  fake.close();
  await rm(folder, { recursive: true });
});

const manager = (kmsKeyId?: string) => managerStore({ region: "us-east-1", endpoint: fake.endpoint, kmsKeyId });
const stores: readonly (readonly [string, () => SecretStore])[] = [
  ["a folder", () => folderStore(join(folder, "new", "secrets"))],
  ["Secrets Manager", () => manager()],
];

describe.each(stores)("%s", (_, storeOf) => {
  it("gives back what was put last, under the beginnings that are asked for", async () => {
    const store = storeOf();
    expect(await store.list(["AmazonMSK_m."])).toEqual([]);
    for (const name of ["AmazonMSK_m.a", "AmazonMSK_m.b", "AmazonMSK_m.c", "other.AmazonMSK_m.d", "m.customer.x.a"]) {
      await store.put(name, { username: "u", password: "old" }, null);
      await store.put(name, { username: name, password: "new" }, null);
    }
    const found = await store.list(["AmazonMSK_m.", "m.customer."]);
    expect(found.map(({ name }) => name).toSorted()).toEqual([
      "AmazonMSK_m.a",
      "AmazonMSK_m.b",
      "AmazonMSK_m.c",
      "m.customer.x.a",
    ]);
    for (const { name, credentials } of found) expect(credentials).toEqual({ username: name, password: "new" });
  });

  it("forgets what is deleted, once or twice", async () => {
    const store = storeOf();
    await store.put("gone.a", { username: "u", password: "p" }, null);
    await store.delete("gone.a");
    await store.delete("gone.a");
    expect(await store.list(["gone."])).toEqual([]);
  });
});

it("a secret's file is for this user alone, and holds what MSK wants", async () => {
  const store = folderStore(join(folder, "own"));
  await store.put("AmazonMSK_m.a", { username: "a", password: "hush" }, "111122223333");
  const file = join(folder, "own", "AmazonMSK_m.a.json");
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ username: "a", password: "hush" });
  expect(((await stat(file)).mode & 0o777).toString(8)).toBe("600");
  expect(((await stat(join(folder, "own"))).mode & 0o777).toString(8)).toBe("700");
  await writeFile(file, "hush");
  expect(await store.list(["Amazon"])).toMatchObject([{ credentials: null, account: undefined }]);
  await expect(store.put("../evil", { username: "a", password: "p" }, null)).rejects.toThrow("cannot be the name");
});

it("a secret for a customer can be read by its account and no other, and is encrypted with the key given", async () => {
  await manager("key-1").put("m.customer.x.shared", { username: "a", password: "p" }, "111122223333");
  const { policy = "", kmsKeyId } = fake.secrets.get("m.customer.x.shared") ?? {};
  expect(JSON.parse(policy)).toMatchObject({
    Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" } }],
  });
  expect(kmsKeyId).toBe("key-1");
  expect(await manager().list(["m.customer.x.shared"])).toMatchObject([{ account: "111122223333" }]);
});

it("a secret that goes to another account is that account's before it has its new value", async () => {
  await manager().put("m.customer.x.moved", { username: "a", password: "old" }, "111122223333");
  fake.asked.length = 0;
  await manager().put("m.customer.x.moved", { username: "a", password: "new" }, "444455556666");
  expect(fake.asked).toEqual(["PutResourcePolicy", "TagResource", "PutSecretValue"]);
  const { policy, text } = fake.secrets.get("m.customer.x.moved") ?? {};
  expect(policy).toContain("444455556666");
  expect(policy).not.toContain("111122223333");
  expect(text).toContain("new");
});

it("what Secrets Manager refuses is told without the password", async () => {
  const store = managerStore({ region: "us-east-1", endpoint: `${fake.endpoint.replace(/\d+$/, "1")}` });
  await expect(store.put("x", { username: "a", password: "hush" }, null)).rejects.toMatchObject({
    code: "secretUnavailable",
    message: expect.not.stringContaining("hush"),
  });
});

it("passwords are 43 characters of 256 random bits", () => {
  const made = Array.from({ length: 100 }, newPassword);
  expect(new Set(made).size).toBe(100);
  for (const password of made) expect(password).toMatch(/^[A-Za-z0-9_-]{43}$/);
});
