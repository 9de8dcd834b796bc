import { expect } from "vitest";
import type { Runner } from "../../enricher/unit/runner.ts";
import { type TestBroker, topics } from "./broker.ts";

/** Waits until a runner has published all that the raw log holds now. */
export async function allFolded(runner: Runner, broker: TestBroker): Promise<void> {
  const admin = await broker.kafkaFor("admin").admin();
  const ends = await admin.endOffsets(topics.raw, { readCommitted: true });
  await admin.close();
  await expect
    .poll(
      () => {
        const positions = new Map(runner.positions().map(({ partition, offset }) => [partition, offset]));
        return ends.every(({ partition, offset }) => offset === 0 || (positions.get(partition) ?? 0) >= offset);
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe(true);
}
