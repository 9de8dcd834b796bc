import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { claimFolder } from "../../../local/process/folder-claim.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bellwether-claim-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("a folder that a living process has is refused, and the process is named", async () => {
  const holder = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  writeFileSync(join(folder, "in-use"), String(holder.pid));
  await expect(claimFolder(folder)).rejects.toMatchObject({
    code: "badConfiguration",
    message: expect.stringContaining(String(holder.pid)),
  });
  const ended = new Promise((resolve) => holder.once("close", resolve));
  holder.kill();
  await ended;
  const release = await claimFolder(folder);
  await release();
});

it("a folder that was released can be taken again", async () => {
  const release = await claimFolder(folder);
  await release();
  await (await claimFolder(folder))();
});
