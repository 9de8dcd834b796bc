import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { decidedEnd } from "../../../cli/verify/published-range.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";

const at = { topic: "market.enriched", partition: 0, signal: new AbortController().signal };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A partition on which ten records are written at each look, of which all but the last `open` are decided. */
function adminOf(open: number) {
  let written = 100;
  const endOffsets: KafkaAdmin["endOffsets"] = async (topic, { readCommitted }) => {
    written += 10;
    const offset = readCommitted ? written - open : written;
    return [{ topic, partition: 0, offset }];
  };
  return { endOffsets } as unknown as KafkaAdmin;
}

it("beside a feed that goes on, what was written when it was asked is waited for, and nothing later", async () => {
  const decided = decidedEnd(adminOf(50), at);
  await vi.runAllTimersAsync();
  expect(await decided).toEqual({ offset: 110, isWhole: true });
});

it("a transaction that stays open is waited for no longer than two minutes", async () => {
  const decided = decidedEnd(adminOf(1_000_000), at);
  await vi.advanceTimersByTimeAsync(121_000);
  expect(await decided).toMatchObject({ isWhole: false });
});
