import { randomUUID } from "node:crypto";
import { PipelineError } from "../../domain/errors.ts";
import { rootOf } from "../../runtime/kafka/errors.ts";
import type { IncomingBatch, Kafka } from "../../runtime/kafka/types.ts";
import { emptyRemedy, groupRemedy, joinRemedy, topicRemedy } from "./remedies.ts";
import type { CheckResult } from "./step.ts";

export interface RightsOptions {
  readonly kafka: Kafka;
  readonly topics: readonly string[];
  /** What the group of this check begins with. */
  readonly groupPrefix: string;
  readonly username: string;
  readonly timeoutMs: number;
}

/** How long a right to read is asked of a topic that has nothing to read, once it is being read: a refusal comes with the first answer. */
const emptyPatienceMs = 1500;

/** How long the group may take to give its only member what it reads: brokers wait for others to come, on MSK for 3 seconds. */
const joinPatienceMs = 20_000;

/** A first record may come with the refusal of another topic right behind it. */
const settleMs = 300;

/** What came first; "notDealt": the group did not give it its partitions, or where they begin could not be had. */
type Found = { readonly batch: IncomingBatch } | { readonly fault: unknown } | "nothing" | "notDealt";

/** Reads as a customer would, up to the first record, in a group of its own that leaves no trace. */
export async function* checkRights(options: RightsOptions): AsyncGenerator<CheckResult> {
  const { topics, groupPrefix, username } = options;
  const groupId = `${groupPrefix}check-${randomUUID()}`;
  const group = { step: `group ${groupPrefix}*`, found: "may be joined" } as const;
  const read = { step: `read ${topics.join(", ")}`, found: "may be read" } as const;
  const found = await firstBatch(options, groupId);
  if (found === "notDealt") {
    const waited = `nothing to read within ${joinPatienceMs / 1000} seconds`;
    yield { ...group, outcome: "failed", found: waited, remedy: joinRemedy };
    return;
  }
  if (found !== "nothing" && "fault" in found) {
    const { fault } = found;
    const type = rootOf(fault instanceof PipelineError ? fault.cause : fault)?.type ?? "";
    const reason = fault instanceof PipelineError ? fault.message : String(fault);
    if (type === "GROUP_AUTHORIZATION_FAILED") {
      yield { ...group, outcome: "failed", found: reason, remedy: groupRemedy(groupPrefix) };
      return;
    }
    yield { ...group, outcome: "ok" };
    const remedy = fault instanceof PipelineError && fault.remedy ? [fault.remedy] : [];
    const isRefused = type === "TOPIC_AUTHORIZATION_FAILED" || type === "UNKNOWN_TOPIC_OR_PARTITION";
    yield { ...read, outcome: "failed", found: reason, remedy: isRefused ? topicRemedy(username) : remedy };
    return;
  }
  yield { ...group, outcome: "ok" };
  yield { ...read, outcome: "ok" };
  if (found === "nothing") yield { step: "first record", outcome: "warning", found: "none", remedy: emptyRemedy };
  else yield { step: "first record", outcome: "ok", found: describe(found.batch) };
}

async function firstBatch(options: RightsOptions, groupId: string): Promise<Found> {
  const { kafka, topics, timeoutMs } = options;
  const first = Promise.withResolvers<Found>();
  let timer: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  try {
    const isEmpty = await areEmpty(kafka, topics);
    const reader = await kafka.reader({
      groupId,
      topics,
      startAt: "beginning",
      maxBytesPerPartition: 64 * 1024,
      onAssigned: async () => {
        clearTimeout(timer);
        timer = setTimeout(() => first.resolve("nothing"), isEmpty ? emptyPatienceMs : timeoutMs);
        return [];
      },
      onBatch: async (batch) => {
        settling ??= setTimeout(() => first.resolve({ batch }), settleMs);
      },
      onFailed: (fault) => first.resolve({ fault }),
    });
    timer ??= setTimeout(() => first.resolve("notDealt"), joinPatienceMs);
    return await first.promise.finally(() => reader.close());
  } catch (fault) {
    return { fault };
  } finally {
    clearTimeout(timer);
    clearTimeout(settling);
  }
}

async function areEmpty(kafka: Kafka, topics: readonly string[]): Promise<boolean> {
  const admin = await kafka.admin();
  try {
    for (const topic of topics) {
      const ends = await admin.endOffsets(topic, { readCommitted: true });
      const begins = await admin.beginOffsets(topic);
      if (ends.some(({ offset }, at) => offset > (begins[at]?.offset ?? 0))) return false;
    }
    return true;
  } finally {
    await admin.close();
  }
}

function describe({ topic, partition, records }: IncomingBatch): string {
  const [record] = records;
  const when = record === undefined ? "" : `, published ${new Date(record.timestampMs).toISOString()}`;
  return `${record?.value?.length ?? 0} bytes from ${topic}/${partition}${when}`;
}
