import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { firstDifferent, firstMissing, readManifest } from "../../../local/install/manifest.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-manifest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a manifest finds the missing and the changed file", async () => {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  writeFileSync(join(folder, "list"), `${hash("one")}  a.jar\n${hash("two")}  lib/b c.jar\n`);
  const manifest = readManifest(join(folder, "list"));
  expect([...manifest.keys()]).toEqual(["a.jar", "lib/b c.jar"]);

  writeFileSync(join(folder, "a.jar"), "one");
  expect(firstMissing(folder, manifest)).toBe("lib/b c.jar");
  mkdirSync(join(folder, "lib"));
  writeFileSync(join(folder, "lib", "b c.jar"), "tw");
  expect(firstMissing(folder, manifest)).toBeUndefined();
  expect(await firstDifferent(folder, manifest)).toBe("lib/b c.jar");
  writeFileSync(join(folder, "lib", "b c.jar"), "two");
  expect(await firstDifferent(folder, manifest)).toBeUndefined();
});
