#!/usr/bin/env node
// The `bellwether` command: sets up what is missing, then runs cli/main.ts on the project's own Node 24.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import "./setup.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const own = at("./node_modules/node/bin/node");
// Node's own default folder: where a start finds what an earlier one has compiled, it needs no compiler in its memory.
const cache = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") };
// Of a stage's heap (runtime/config/stage-heap.ts); an option of one's own comes later, and wins.
const isStage = ["produce", "enrich", "distribute", "index"].includes(process.argv[2]);
const options = ["--max-old-space-size=1024", process.env.NODE_OPTIONS].filter(Boolean).join(" ");
const heap = isStage ? { NODE_OPTIONS: options } : {};
const child = spawn(existsSync(own) ? own : process.execPath, [at("./cli/main.ts"), ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...cache, ...process.env, ...heap },
});
// The child stops itself on these: it shares the terminal's process group, and is told here where it does not.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// npm ends on a signal without passing it on; its children see that by their parent alone.
if (process.env.npm_command !== undefined) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
