import { expect, it } from "vitest";
import { type GenerationContext, GroupGeneration } from "../../../runtime/kafka/group-generation.ts";
import type { IncomingBatch } from "../../../runtime/kafka/types.ts";
import { quietLog } from "../../support/broker.ts";
import { answer, fakeCluster, topic } from "./fake-fetch-broker.ts";

const offsetOutOfRange = 1;

it.each([
  { begin: 200, what: "was let go of" },
  { begin: 0, what: "was made anew" },
])(
  "D1: where the log $what while a batch was with its handler, the next is told of from where it begins now",
  async ({ begin }) => {
    const log = { begin: 0 };
    const { asked, link } = fakeCluster([1], log);
    const closing = new AbortController();
    const handled: IncomingBatch[] = [];
    const first = Promise.withResolvers<void>();
    const context = {
      link,
      coordinator: { committed: async () => [], heartbeat: async () => {} },
      membership: { memberId: "m", generationId: 1, assigned: [{ topic, partition: 0 }] },
      held: [],
      options: {
        groupId: "group",
        topics: [topic],
        startAt: "beginning",
        oneByOne: true,
        onBatch: async (batch: IncomingBatch) => {
          handled.push(batch);
          if (handled.length === 1) await first.promise;
        },
      },
      fetch: { maxWaitMs: 50, maxBytesPerPartition: 1000, isolationLevel: 1 },
      heartbeatMs: 60_000,
      signal: closing.signal,
      log: quietLog,
    };
    const generation = new GroupGeneration(context as unknown as GenerationContext);
    const running = generation.run();
    const respond = async (part: Omit<Parameters<typeof answer>[0][number], "partition">) => {
      await expect.poll(() => asked.has(1)).toBe(true);
      const one = asked.get(1);
      asked.delete(1);
      one?.(answer([{ partition: 0, ...part }]));
    };
    await respond({ offset: 0 });
    await expect.poll(() => handled).toHaveLength(1);
    log.begin = begin;
    await respond({ offset: 1, errorCode: offsetOutOfRange });
    await expect.poll(() => asked.has(1)).toBe(true);
    first.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(generation.positions()).toEqual([{ topic, partition: 0, offset: begin }]);
    await respond({ offset: begin, begin });
    await expect.poll(() => handled).toHaveLength(2);
    expect(handled.map(({ each, beginOffset }) => [each?.fromOffset, each?.nextOffset, beginOffset])).toEqual([
      [0, 1, 0],
      [begin, begin + 1, begin],
    ]);
    await expect.poll(() => generation.positions()).toEqual([{ topic, partition: 0, offset: begin + 1 }]);
    closing.abort();
    await running;
  },
);
