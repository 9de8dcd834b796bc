import type { GroupReader } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import type { Progress } from "./progress.ts";

export interface RegularCommits {
  /** Resolves when what is dealt with by now is committed, or could not be. */
  now(): Promise<void>;
  /** Commits once more, and ends. */
  close(): Promise<void>;
}

/** Commits what is dealt with a few times a second, not at every request: a commit is a round trip. */
export function commitRegularly(
  progress: Progress,
  commitAll: GroupReader["commit"],
  everyMs: number,
  log: Log,
): RegularCommits {
  let busy: Promise<void> = Promise.resolve();
  let waiting = false;
  const commit = async () => {
    waiting = false;
    const positions = progress.commitable();
    if (positions.length === 0) return;
    try {
      // What Kafka has not now, while it is away or the group joins, is committed again by the next.
      progress.committed(await commitAll(positions));
    } catch (error) {
      log.warn("offsets were not committed; the next commit covers them", { error: String(error) });
    }
  };
  const next = () => {
    if (!waiting) {
      waiting = true;
      busy = busy.then(commit);
    }
    return busy;
  };
  const timer = setInterval(() => void next(), everyMs);
  return {
    now: next,
    async close() {
      clearInterval(timer);
      await next();
    },
  };
}
