import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { withFolderLock } from "../../../local/install/folder-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("of two at once one does the work and the other finds it done", async () => {
  let works = 0;
  const both = [1, 2].map(() =>
    withFolderLock(
      join(folder, "two"),
      () => works > 0,
      async () => {
        await setImmediate();
        works++;
      },
    ),
  );
  await Promise.all(both);
  expect(works).toBe(1);
  expect(existsSync(join(folder, "two"))).toBe(false);
});

it("a failure frees the lock for the next", async () => {
  const failing = withFolderLock(
    join(folder, "failing"),
    () => false,
    () => Promise.reject(new Error("no")),
  );
  await expect(failing).rejects.toThrow("no");
  expect(existsSync(join(folder, "failing"))).toBe(false);
});

it("a lock that a crash left behind is taken over", async () => {
  const lock = join(folder, "stale");
  mkdirSync(lock);
  utimesSync(lock, new Date(0), new Date(0));
  let worked = false;
  await withFolderLock(
    lock,
    () => false,
    async () => {
      worked = true;
    },
  );
  expect(worked).toBe(true);
});
