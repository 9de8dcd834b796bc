import type { Clock } from "../runtime/clock/clock.ts";
import type { Log } from "../runtime/log/log.ts";
import { reportRegularly } from "../runtime/metrics/report.ts";
import type { Shutdown } from "../runtime/shutdown/shutdown.ts";
import type { EnricherConfig } from "./config.ts";
import type { Member } from "./member.ts";
import { joinedReport } from "./threads/joined-report.ts";
import { startMemberThread } from "./threads/member-thread.ts";

export interface EnricherDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly shutdown: Shutdown;
}

/**
 * Runs the enricher until it is told to stop: as many members of the group as it has threads, for Kafka deals out the partitions in any case.
 * @throws PipelineError where Kafka cannot be used, or the topics do not fit
 */
export async function runEnricher(config: EnricherConfig, deps: EnricherDeps): Promise<void> {
  const { log, clock, shutdown } = deps;
  const members = await startMembers(config, log);
  const report = reportRegularly(
    () => ({
      stage: "enricher",
      state: "running",
      ...joinedReport(members.map((member) => member.report())),
      prices: [],
    }),
    { log, clock, everySeconds: config.LOG_METRICS_SECONDS },
  );
  log.info("folding the raw log", { threads: members.length });
  try {
    await Promise.race([...members.map(({ failed }) => failed), shutdown.stopped]);
  } finally {
    await Promise.all(members.map((member) => member.close()));
    report.close();
  }
}

/** All at once, so that the group deals out its partitions once. A single one has a thread too: only such a heap can be given a small nursery from within. */
async function startMembers(config: EnricherConfig, log: Log): Promise<readonly Member[]> {
  const starting = Array.from({ length: config.ENRICHER_THREADS }, (_, index) =>
    startMemberThread(config, index + 1, log),
  );
  try {
    return await Promise.all(starting);
  } catch (error) {
    const started = await Promise.allSettled(starting);
    await Promise.all(started.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.close() : undefined)));
    throw error;
  }
}
