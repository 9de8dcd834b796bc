import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code, said }));
  return { child, ended };
}

it("a reader that has seen enough ends a command quietly", async () => {
  const { child, ended } = start(["index", "setup", "--saved-objects", "-"]);
  child.stdout.destroy();
  expect(await ended).toEqual({ code: 0, said: "" });
});

it.each([[["replay", "some-folder"]], [["consume", "check", "--no-such"]], [["frobnicate"]]])(
  "wrong usage of %j is told with exit code 2, and where help is",
  async (args) => {
    const { child, ended } = start(args);
    child.stdout.resume();
    expect(await ended).toEqual({
      code: 2,
      said: expect.stringMatching(/^error: .*\n\(--help explains every option\)\n$/),
    });
  },
);
