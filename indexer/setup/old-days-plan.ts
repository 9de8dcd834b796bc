import { dayOf, isOlder } from "./days.ts";
import type { FoundIndex } from "./in-force.ts";
import type { Plan, Step } from "./step.ts";

export interface OldDays {
  readonly indexPrefix: string;
  /** Null: nothing is deleted. */
  readonly retainDays: number | null;
  /** Null: nothing is compressed. */
  readonly compressAfterDays: number | null;
  readonly nowMs: number;
}

/** What is to be done about days that are over: those past the retention go, and those that are written no more are compressed. */
export function oldDaysPlan(indices: readonly FoundIndex[], options: OldDays): Plan {
  const { indexPrefix, retainDays, compressAfterDays, nowMs } = options;
  const steps: Step[] = [];
  for (const index of indices) {
    const dayStartMs = dayOf(indexPrefix, index.name);
    if (dayStartMs === null) continue;
    if (retainDays !== null && isOlder(dayStartMs, retainDays, nowMs)) steps.push(deletion(index));
    else if (compressAfterDays !== null && isOlder(dayStartMs, compressAfterDays, nowMs))
      steps.push(...compression(index));
  }
  return { steps, notes: [] };
}

function deletion({ name }: FoundIndex): Step {
  return {
    change: "delete",
    subject: `index ${name}`,
    details: [],
    requests: [{ method: "DELETE", path: `/${name}` }],
  };
}

/**
 * The codec of what is stored can be chosen only while an index is closed, and takes effect as segments are written anew: by merging them into one.
 * The index is away for a second or so; who writes to it meanwhile is told to come again (`index_closed_exception`).
 */
function compression({ name, open, settings, segments }: FoundIndex): readonly Step[] {
  const merge = { method: "POST", path: `/${name}/_forcemerge`, query: mergeQuery } as const;
  if (settings.codec !== codec) {
    const requests: Step["requests"] = [
      { method: "POST", path: `/${name}/_flush` },
      { method: "POST", path: `/${name}/_close` },
      { method: "PUT", path: `/${name}/_settings`, body: { "index.codec": codec } },
      { method: "POST", path: `/${name}/_open`, evenAfterFailure: true },
      merge,
    ];
    return [
      { change: "compress", subject: `index ${name}`, details: [], requests: open ? requests : requests.slice(2) },
    ];
  }
  // Where an earlier run was cut short.
  if (!open) {
    return [
      {
        change: "compress",
        subject: `index ${name}`,
        details: [],
        requests: [{ method: "POST", path: `/${name}/_open` }, merge],
      },
    ];
  }
  if (segments <= Number(settings.number_of_shards)) return [];
  return [{ change: "merge", subject: `index ${name}`, details: [`${segments} segments`], requests: [merge] }];
}

const codec = "best_compression";
/** A day of millions takes minutes: it goes on by itself, and the next run sees what became of it. */
const mergeQuery = { max_num_segments: "1", wait_for_completion: "false" };
