import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32ForArm, nodeForArm, type Pack, packageArchive } from "../../../infra/artefacts/pinned-package.ts";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
const content = "what was published";
const pinned = {
  name: "@scope/thing",
  version: "1.0.0",
  sha512: createHash("sha512").update(content).digest("base64"),
};

let folder: string;
let packed: string[];
const packing =
  (text: string): Pack =>
  (id, into) => {
    packed.push(id);
    writeFileSync(join(into, "fetched.tgz"), text);
    return "fetched.tgz";
  };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bellwether-packages-"));
  packed = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("packages for machines", () => {
  it("Node is the version that the project runs on", () => {
    expect(nodeForArm.version).toBe(lock.packages["node_modules/node"]?.version);
    expect(process.version).toBe(`v${nodeForArm.version}`);
  });

  it("the CRC-32C binary is the one of package-lock.json, checksum and all", () => {
    const locked = lock.packages[`node_modules/${crc32ForArm.name}`];
    expect(locked?.version).toBe(crc32ForArm.version);
    expect(locked?.integrity).toBe(`sha512-${crc32ForArm.sha512}`);
  });

  it("are fetched once", () => {
    const first = packageArchive(pinned, folder, packing(content));
    expect(packageArchive(pinned, folder, packing("never asked"))).toBe(first);
    expect(readFileSync(first, "utf8")).toBe(content);
    expect(packed).toEqual(["@scope/thing@1.0.0"]);
  });

  it("are refused where one byte is another, and nothing of them is left", () => {
    expect(() => packageArchive(pinned, folder, packing(`${content}!`))).toThrow(/not the archive that is pinned/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("are fetched again where what was kept has changed", () => {
    writeFileSync(packageArchive(pinned, folder, packing(content)), "spoilt");
    expect(readFileSync(packageArchive(pinned, folder, packing(content)), "utf8")).toBe(content);
    expect(packed).toHaveLength(2);
  });
});
