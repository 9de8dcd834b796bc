import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type EventTime, formatEventTime, parseEventTime } from "../domain/time/event-time.ts";
import type { Log } from "../runtime/log/log.ts";

/** Where a producer keeps how far it has come, for the one that is started after it. */
export interface PositionStore {
  /** Null where nothing was kept, or what was kept cannot be read. */
  read(): Promise<EventTime | null>;
  /** Resolves when it, or a later one, is kept. Never rejects: a producer goes on without. */
  write(newest: EventTime): Promise<void>;
}

const content = z.object({ newestEventTime: z.string() });

/** A small file in a folder: written whole or not at all, and on the disk before it counts. */
export function positionFile(folder: string, log: Log): PositionStore {
  const path = join(folder, "position.json");
  let hasFailed = false;
  let waiting: EventTime | null = null;
  let writing: Promise<void> | null = null;

  /** One at a time; of those that come meanwhile the last counts. */
  async function writeAll(): Promise<void> {
    for (let next = waiting; next !== null; next = waiting) {
      waiting = null;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(`${path}.next`, textOf(next), { flush: true });
        await rename(`${path}.next`, path);
        hasFailed = false;
      } catch (error) {
        // Told once: it is tried each second.
        if (!hasFailed) log.warn("how far the feed has come cannot be kept", { path, fault: String(error) });
        hasFailed = true;
      }
    }
    writing = null;
  }

  return {
    async read() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") warnUnreadable(log, path);
        return null;
      });
      if (text === null) return null;
      const time = timeIn(text);
      if (time === null) warnUnreadable(log, path);
      return time;
    },
    write(newest) {
      waiting = newest;
      writing ??= writeAll();
      return writing;
    },
  };
}

function textOf(newest: EventTime): string {
  return `${JSON.stringify({ newestEventTime: formatEventTime(newest) })}\n`;
}

function timeIn(text: string): EventTime | null {
  try {
    const parsed = content.safeParse(JSON.parse(text));
    return parsed.success ? parseEventTime(parsed.data.newestEventTime) : null;
  } catch {
    return null;
  }
}

function warnUnreadable(log: Log, path: string): void {
  log.warn("how far the feed had come cannot be read: no gap is written for the time until now", { path });
}
