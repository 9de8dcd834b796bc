import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { firstShut, giveTo, reachableFolder } from "../../../local/opensearch/server-user.ts";
import { isRoot } from "../../../local/server-options.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-user-"));
const data = join(folder, "data");
mkdirSync(data);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a folder below one that only its owner may pass is found shut", async () => {
  chmodSync(folder, 0o700);
  expect(await firstShut(data)).toBe(folder);
  chmodSync(folder, 0o711);
  expect(await firstShut(data)).not.toBe(folder);
});

it.skipIf(!isRoot())(
  "root's shut data folder gets a stand-in that every start finds again, and an open one stays itself",
  async () => {
    const asked = { path: data, temporary: false };
    chmodSync(folder, 0o711);
    expect(await reachableFolder(asked)).toEqual(asked);
    chmodSync(folder, 0o700);
    const standIn = await reachableFolder(asked);
    try {
      expect(standIn.path).not.toBe(data);
      expect(await firstShut(standIn.path)).toBeUndefined();
      expect(await reachableFolder(asked)).toEqual(standIn);
      await giveTo({ uid: 65534, gid: 65534 }, standIn.path);
      expect(statSync(standIn.path)).toMatchObject({ uid: 65534, gid: 65534 });
    } finally {
      rmSync(standIn.path, { recursive: true, force: true });
    }
    expect((await reachableFolder(asked)).path).toBe(standIn.path);
    expect(existsSync(standIn.path)).toBe(true);
    rmSync(standIn.path, { recursive: true, force: true });
  },
);
