import { Worker } from "node:worker_threads";
import { PipelineError } from "../../domain/errors.ts";
import { tooLate, within } from "../../runtime/clock/within.ts";
import { cachingEnvironment } from "../../runtime/config/compile-cache.ts";
import { stageHeapMb } from "../../runtime/config/stage-heap.ts";
import type { Log } from "../../runtime/log/log.ts";
import { Metrics } from "../../runtime/metrics/metrics.ts";
import type { EnricherConfig } from "../config.ts";
import type { Member, MemberReport } from "../member.ts";
import { stopMessage, type ThreadFault, type ThreadMessage } from "./messages.ts";

/** Longer than the member itself takes to leave its group. */
const stopWithinMs = 11_000;
/**
 * What the fold makes lives for microseconds: a small nursery holds it as well as a large one, and stays in the cache. Where the process has a limit of the
 * old generation by its command line or NODE_OPTIONS, that one is each thread's too.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: stageHeapMb };
const entry = new URL("./thread-main.ts", import.meta.url);

/** Joins the group in a thread of its own; resolves when it has joined. @throws PipelineError as `startMember` */
export async function startMemberThread(config: EnricherConfig, thread: number, log: Log): Promise<Member> {
  const env = cachingEnvironment();
  const worker = new Worker(entry, { workerData: config, name: `enricher-${thread}`, resourceLimits, env });
  let last: MemberReport = { metrics: new Metrics().snapshot(), positions: [] };
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const fail = (error: Error) => {
    started.reject(error);
    failed.reject(error);
  };
  worker.on("message", (message: ThreadMessage) => {
    switch (message.type) {
      case "log":
        log[message.level](message.message, { thread, ...message.fields });
        break;
      case "started":
        started.resolve();
        break;
      case "report":
        last = message.report;
        break;
      case "failed":
        fail(errorOf(message.fault));
        break;
      default:
        message satisfies never;
    }
  });
  worker.on("error", (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", () => {
    ended.resolve();
    fail(new PipelineError("stageFailed", `Thread ${thread} of the enricher ended without having been told to.`));
  });
  await started.promise;
  return {
    report: () => last,
    failed: failed.promise,
    async close() {
      worker.postMessage(stopMessage);
      if ((await within(ended.promise, stopWithinMs)) === tooLate) await worker.terminate();
    },
  };
}

function errorOf({ message, code, remedy }: ThreadFault): Error {
  // A programmer's fault comes as its stack.
  if (code === null) return Object.assign(new Error(message), { stack: message });
  return new PipelineError(code, message, remedy === null ? {} : { remedy });
}
