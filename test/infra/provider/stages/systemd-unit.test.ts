import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemdUnit } from "../../../../infra/provider/stages/systemd-unit.ts";
import { stageNodeOptions } from "../../../../runtime/config/stage-heap.ts";

const unit = systemdUnit({ command: "produce", hasVolume: true });
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** Exposure from 0 (shut in) to 10, as systemd reckons it, tenths. */
function exposureOf(text: string): number {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-unit-"));
  const path = join(folder, "bellwether.service");
  writeFileSync(path, text);
  try {
    const { stdout, stderr } = spawnSync("systemd-analyze", ["security", "--offline=true", path], { encoding: "utf8" });
    const found = stdout.match(/Overall exposure level for \S+: ([\d.]+)/)?.[1];
    if (found === undefined) throw new Error(stderr);
    return Number(found);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a stage's unit", () => {
  it("runs again after any end, as a user of its own, and never as root", () => {
    expect(unit).toContain("\nRestart=always\n");
    expect(unit).toContain("\nStartLimitIntervalSec=0\n");
    expect(unit).toContain("\nUser=bellwether\n");
  });

  it("has a stage's heap", () => {
    expect(unit).toContain(`\nEnvironment=NODE_OPTIONS=${stageNodeOptions}\n`);
  });

  it("waits for its volume, if it has one", () => {
    expect(unit).toContain("RequiresMountsFor=/var/lib/bellwether");
    expect(systemdUnit({ command: "index", hasVolume: false })).not.toContain("RequiresMountsFor");
  });

  it.skipIf(!hasSystemd)("is shut in, as systemd itself judges it", () => {
    expect(exposureOf(unit)).toBeLessThan(2.5);
    // A guard that could not fail would be none.
    expect(
      exposureOf(unit.replace("ProtectSystem=strict\n", "").replace("CapabilityBoundingSet=\n", "")),
    ).toBeGreaterThan(2.5);
  });
});
