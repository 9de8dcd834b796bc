import { mkdir, rm, stat, utimes } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const beatMs = 1000;
const staleMs = 10_000;
const pollMs = 250;

/**
 * Runs `action` while no other process runs one under the same lock; `done` ends the wait early once another has done the work.
 * The lock is a folder (making one is atomic everywhere) that its holder touches every second: one that is not touched for
 * ten was left by a crash and is taken over. Should two take over at once, both run: what they do must end in a rename.
 */
export async function withFolderLock(lock: string, done: () => boolean, action: () => Promise<void>): Promise<void> {
  while (!(await taken(lock))) {
    if (done()) return;
    await delay(pollMs);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => {});
  }, beatMs);
  try {
    if (!done()) await action();
  } finally {
    clearInterval(beat);
    await rm(lock, { recursive: true, force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const held = await stat(lock).catch(() => undefined);
  if (held !== undefined && Date.now() - held.mtimeMs > staleMs) await rm(lock, { recursive: true, force: true });
  return false;
}
