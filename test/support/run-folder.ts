import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Vitest's set-up of a whole run: one temporary folder for all that workers, and what they start, make in theirs, which goes with the run. Workers are
 * killed when they are done, so that what they would do at their own end is not done.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-tests-"));
  // OpenSearch runs as a user of its own, who must be able to pass.
  chmodSync(folder, 0o711);
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
