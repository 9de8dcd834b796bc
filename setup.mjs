// Installs the project's own packages where they are missing or older than package-lock.json. Runs on any Node from 18 on,
// because it runs before the project's own Node 24 is there.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const lock = `${root}package-lock.json`;
const installed = `${root}node_modules/.package-lock.json`;

/** Makes node_modules agree with package-lock.json; does nothing where it does, or where there is no lock (an installed package). */
export function ensureInstalled() {
  if (!existsSync(lock)) return;
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  process.stderr.write("Installing packages (once) ...\n");
  // Not `npm ci`: a lock made behind a mirror may lack the optional binaries of other platforms, and `npm ci` refuses such a one.
  const { status } = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.stderr.write("npm install failed: see its lines above; then run the same command again.\n");
    process.exit(1);
  }
}

ensureInstalled();
