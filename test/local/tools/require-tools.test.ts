import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { PipelineError } from "../../../domain/errors.ts";
import { requireTools } from "../../../local/tools/require-tools.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-tools-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fakeJava(name: string, version: string): string {
  const home = join(folder, name);
  mkdirSync(join(home, "bin"), { recursive: true });
  writeFileSync(join(home, "bin", "java"), "#!/bin/sh\n");
  chmodSync(join(home, "bin", "java"), 0o755);
  writeFileSync(join(home, "release"), `IMPLEMENTOR="Test"\nJAVA_VERSION="${version}"\n`);
  return home;
}

it("JAVA_HOME is taken where it is new enough, and else what stands on the PATH", () => {
  const old = fakeJava("old", "17.0.2");
  const named = fakeJava("named", "100.0.1");
  const onPath = fakeJava("on-path", "101");
  const request = { javaReleaseMin: 90, needsMaven: false };
  expect(requireTools({ JAVA_HOME: named, PATH: join(onPath, "bin") }, request).java).toMatchObject({
    home: named,
    release: 100,
  });
  expect(requireTools({ JAVA_HOME: old, PATH: join(onPath, "bin") }, request).java).toMatchObject({
    home: onPath,
    release: 101,
  });
});

it("all that is missing is told in one error, with what was found and what to install", () => {
  const old = fakeJava("older", "11.0.2");
  const missing = () => requireTools({ JAVA_HOME: old, PATH: "" }, { javaReleaseMin: 999, needsMaven: true });
  expect(missing).toThrow(PipelineError);
  try {
    missing();
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    expect(error.code).toBe("missingTool");
    expect(error.message).toContain("Java 999 or later");
    expect(error.message).toContain(`11.0.2 in ${old}`);
    expect(error.message).toContain("Maven");
    expect(error.remedy).toMatch(/install|pacman -S|apk add/);
    expect(error.remedy).toContain("maven");
  }
});

it("Maven is not asked for where nothing is to be installed", () => {
  const home = fakeJava("alone", "100");
  expect(requireTools({ JAVA_HOME: home, PATH: "" }, { javaReleaseMin: 90, needsMaven: false }).maven).toBeUndefined();
});
