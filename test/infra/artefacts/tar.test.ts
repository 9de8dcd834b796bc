import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tarOf } from "../../../infra/artefacts/tar.ts";

const file = (path: string, text: string) => ({ path, content: Buffer.from(text) });

describe("an archive", () => {
  it("is what tar itself unpacks, whatever the files' lengths", () => {
    const folder = mkdtempSync(join(tmpdir(), "bellwether-tar-"));
    try {
      const files = [file("a.mjs", ""), file("b.mjs", "x".repeat(512)), file("c.mjs", "y".repeat(1000))];
      execFileSync("tar", ["-xf", "-", "-C", folder], { input: tarOf(files) });
      for (const { path, content } of files) expect(readFileSync(join(folder, path))).toEqual(content);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has the same bytes for the same files, in whatever order they come", () => {
    const [a, b] = [file("a", "1"), file("b", "2")];
    expect(tarOf([b, a])).toEqual(tarOf([a, b]));
    expect(tarOf([a, file("b", "3")])).not.toEqual(tarOf([a, b]));
  });
});
