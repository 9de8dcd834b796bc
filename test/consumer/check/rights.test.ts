import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { checkRights } from "../../../consumer/check/rights.ts";
import type { CheckResult } from "../../../consumer/check/step.ts";
import { PipelineError } from "../../../domain/errors.ts";
import type { GroupReaderOptions, Kafka } from "../../../runtime/kafka/types.ts";

const topic = "market.alerts";
const membership = { groupId: "acme-check", memberId: "me", generationId: 1 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The check of a topic, empty unless it has an end, in a group that does what `joined` says once the reader is open. */
async function check(
  joined: (options: GroupReaderOptions) => void,
  { end = 0, timeoutMs = 5000 } = {},
): Promise<readonly CheckResult[]> {
  const at = (offset: number) => [{ topic, partition: 0, offset }];
  const kafka = {
    admin: async () => ({ endOffsets: async () => at(end), beginOffsets: async () => at(0), close: async () => {} }),
    reader: async (options: GroupReaderOptions) => {
      joined(options);
      return { close: async () => {} };
    },
  } as unknown as Kafka;
  const results: CheckResult[] = [];
  const checking = (async () => {
    const options = { kafka, topics: [topic], groupPrefix: "acme-", username: "acme", timeoutMs };
    for await (const result of checkRights(options)) results.push(result);
  })();
  await vi.runAllTimersAsync();
  await checking;
  return results;
}

const join = (options: GroupReaderOptions) => options.onAssigned?.([], membership, new AbortController().signal);
const outcomes = (results: readonly CheckResult[]) => results.map(({ step, outcome }) => [step, outcome]);

it("a topic that may not be read is told though it is empty, and its group takes long to begin", async () => {
  const refused = Object.assign(new Error("refused"), { type: "TOPIC_AUTHORIZATION_FAILED" });
  const fault = new PipelineError("kafkaAuthorization", "This user has no right.", { cause: refused });
  const results = await check((options) => {
    setTimeout(() => void join(options), 3000);
    setTimeout(() => options.onFailed(fault), 4000);
  });
  expect(outcomes(results)).toEqual([
    ["group acme-*", "ok"],
    [`read ${topic}`, "failed"],
  ]);
});

it("a topic that is read and gives nothing is empty", async () => {
  const results = await check((options) => void join(options));
  expect(outcomes(results).at(-1)).toEqual(["first record", "warning"]);
});

it("a first record is waited for as long as it was said, however long the group would have been", async () => {
  const begunMs = performance.now();
  const results = await check((options) => void join(options), { end: 1, timeoutMs: 30_000 });
  expect(outcomes(results).at(-1)).toEqual(["first record", "warning"]);
  expect(performance.now() - begunMs).toBeGreaterThanOrEqual(30_000);
});

it("a group that deals no partitions is told as that: nothing is known of the topic", async () => {
  const results = await check(() => undefined);
  expect(results).toMatchObject([
    { step: "group acme-*", outcome: "failed", found: "nothing to read within 20 seconds" },
  ]);
});
