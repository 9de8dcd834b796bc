import { PipelineError } from "../../domain/errors.ts";
import type { Log } from "../../runtime/log/log.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import { carryOut } from "./carry-out.ts";
import { readIndices, readPolicy } from "./in-force.ts";
import { type OldDays, oldDaysPlan } from "./old-days-plan.ts";

export interface TidyOptions extends Omit<OldDays, "nowMs"> {
  readonly openSearch: OpenSearch;
  readonly log: Log;
  readonly nowMs: () => number;
  /** Resolves after a time, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

const everyMs = 3_600_000;

/**
 * Deletes and compresses old days now and every hour, beside the indexing, until the signal ends it. Deleting is left to the policy of Index State
 * Management where `index setup` has made one. A fault is told and tried again in the next hour, an answer that nobody understands
 * too: it never stops the indexing. Several instances
 * may do it at a time.
 */
export async function tidyRegularly(options: TidyOptions): Promise<void> {
  const { retainDays, compressAfterDays, log, sleep, signal } = options;
  if (retainDays === null && compressAfterDays === null) return;
  while (!signal.aborted) {
    try {
      await tidy(options);
    } catch (error) {
      const why = error instanceof PipelineError ? error.line : String(error);
      if (!signal.aborted) log.warn(`old days are left as they are until the next hour: ${why}`);
    }
    await sleep(everyMs, signal);
  }
}

async function tidy({ openSearch, log, nowMs, ...options }: TidyOptions): Promise<void> {
  const { indexPrefix } = options;
  const policy = options.retainDays === null ? null : await readPolicy(openSearch, indexPrefix);
  const retainDays = policy !== null && policy.policy !== null ? null : options.retainDays;
  const { steps } = oldDaysPlan(await readIndices(openSearch, indexPrefix), { ...options, retainDays, nowMs: nowMs() });
  await carryOut(steps, openSearch, ({ change, subject }) => log.info(`${change} ${subject}`));
}
