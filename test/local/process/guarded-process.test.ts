import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it, vi } from "vitest";
import { startGuarded } from "../../../local/process/guarded-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bellwether-guarded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const untilGone = { timeout: 20_000, interval: 50 };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function program(script: string, temporaryFolder?: string) {
  return {
    command: "sh",
    args: ["-c", script],
    workingFolder: folder,
    environment: { PATH: process.env["PATH"] },
    logFile: join(folder, "program.log"),
    stopSeconds: 1,
    ...(temporaryFolder === undefined ? {} : { temporaryFolder }),
  };
}

it("stop ends the program and removes its temporary folder, and says that it was asked to", async () => {
  const temporary = mkdtempSync(join(folder, "t-"));
  const running = await startGuarded(program("exec sleep 600", temporary));
  await running.stop();
  expect(await running.ended).toMatchObject({ signal: "SIGTERM", asked: true });
  expect(existsSync(temporary)).toBe(false);
});

it("a program that ignores SIGTERM gets a SIGKILL", async () => {
  const ready = join(folder, "ignores");
  const running = await startGuarded(program(`trap '' TERM; : > ${ready}; while :; do sleep 1; done`));
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), untilGone);
  await running.stop();
  expect(await running.ended).toMatchObject({ signal: "SIGKILL", asked: true });
});

it("a program that ends by itself says so", async () => {
  const running = await startGuarded(program("exit 7"));
  expect(await running.ended).toEqual({ code: 7, signal: null, asked: false });
  await running.stop();
});

it("a program that is not there is a PipelineError", async () => {
  await expect(startGuarded({ ...program(""), command: join(folder, "missing") })).rejects.toMatchObject({
    code: "serverFailed",
  });
});

it.each(["exec sleep 600", "trap '' TERM; while :; do sleep 1; done"])(
  "a parent that is killed by SIGKILL leaves nothing behind of: %s",
  async (script) => {
    const temporary = mkdtempSync(join(folder, "t-"));
    const module = fileURLToPath(new URL("../../../local/process/guarded-process.ts", import.meta.url));
    const code = `
      const { startGuarded } = await import(${JSON.stringify(module)});
      const running = await startGuarded(${JSON.stringify(program(script, temporary))});
      console.log(running.pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(parent.stdout, "data");
    const pid = Number(String(line));
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await vi.waitFor(() => {
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(temporary)).toBe(false);
    }, untilGone);
  },
);
