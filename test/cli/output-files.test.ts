import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openOutputFile } from "../../cli/replay/output-files.ts";

it("writes a line each, however long, and says what the file holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-output-"));
  try {
    const file = openOutputFile(folder, "lines");
    const lines = ["", "short", "x".repeat((1 << 20) - 1), "y".repeat(1 << 20), "z".repeat(3 << 20), "last"];
    for (const line of lines) file.append(Buffer.from(line));
    const summary = file.close();
    const text = readFileSync(join(folder, "lines"), "utf8");
    expect(text === lines.map((line) => `${line}\n`).join("")).toBe(true);
    expect(summary).toEqual({ records: lines.length, sha256: createHash("sha256").update(text).digest("hex") });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.skipIf(!existsSync("/dev/full"))("a full disk is told once: then the file can be closed", () => {
  const file = openOutputFile("/dev", "full");
  const fill = () => {
    for (let n = 0; n < 3; n++) file.append(Buffer.alloc(600_000, "x"));
  };
  expect(fill).toThrow(expect.objectContaining({ code: "diskFull" }));
  expect(() => file.close()).not.toThrow();
});
