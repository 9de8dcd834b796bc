import { describe, expect, it } from "vitest";
import { logLoss } from "../../../enricher/snapshot/log-loss.ts";
import type { Restored } from "../../../enricher/snapshot/snapshot-reader.ts";

describe("D2: a state can be rebuilt where every raw record is kept that its snapshot lacks", () => {
  const check = (committed: number | null, restored: Restored, begin: number) =>
    logLoss({ topic: "market.raw", partition: 3, committed, restored, begin });
  const at40 = { fault: null, offset: 40 };
  const nothing = { fault: "none", offset: null } as const;

  it("a log kept from the snapshot on, and a group that has published nothing, are right", () => {
    expect(check(90, at40, 40)).toBeNull();
    expect(check(90, { fault: "incomplete", offset: 40 }, 40)).toBeNull();
    expect(check(90, nothing, 0)).toBeNull();
    expect(check(null, nothing, 40)).toBeNull();
  });

  it("one record less is a loss, which says what is gone and how to go on", () => {
    expect(check(90, at40, 41)).toMatchObject({ isWhole: false, unpublished: 0 });
    expect(check(90, at40, 41)?.error.message).toContain("from offset 40 to 41 are no longer kept");
    expect(check(90, nothing, 1)?.isWhole).toBe(true);
    expect(check(90, nothing, 1)?.error.message).toContain("no snapshot holds what came of them: there is none.");
    expect(check(90, nothing, 1)?.error.remedy).toContain("ENRICHER_LOST_STATE=accept");
  });

  it("a snapshot of another version of the program is that version's to go on from", () => {
    const remedy = check(90, { fault: "unreadable", offset: null }, 1)?.error.remedy;
    expect(remedy).toMatch(/^If another version .* wrote the snapshots, run that one\./);
  });

  it("what was never published is counted", () => {
    expect(check(90, at40, 100)).toMatchObject({ isWhole: false, unpublished: 10 });
    expect(check(90, at40, 100)?.error.message).toContain("10 of them were never published.");
  });
});
