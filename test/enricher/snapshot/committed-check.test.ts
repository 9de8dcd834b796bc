import { describe, expect, it } from "vitest";
import { lossOf, lostOffset } from "../../../enricher/snapshot/committed-check.ts";
import { marketCodec } from "../../../enricher/snapshot/market-codec.ts";
import { type Restored, SnapshotReader } from "../../../enricher/snapshot/snapshot-reader.ts";

describe("D1: a snapshot shows what is published", () => {
  const check = (committed: number | null, newestSnapshot: number | null) =>
    lostOffset({
      groupId: "market.enricher",
      topic: "market.raw",
      partition: 3,
      committed,
      newestSnapshot,
    });

  it("a new group, and an offset at or past every snapshot, are right", () => {
    for (const [committed, newest] of [
      [null, null],
      [0, null],
      [10, 10],
      [11, 10],
    ] as const) {
      expect(check(committed, newest)).toBeNull();
    }
  });

  it("an offset that was lost or moved back is refused, and the error says where to set it", () => {
    expect(check(null, 10)?.code).toBe("kafkaFailed");
    expect(check(null, 10)?.message).toContain("has lost its offset of market.raw partition 3");
    expect(check(9, 10)?.message).toContain("stands at offset 9 of market.raw partition 3");
    expect(check(9, 10)?.remedy).toContain("no less than 10");
  });
});

describe("D2: a state can be rebuilt where every raw record is kept that its snapshot lacks", () => {
  const check = (committed: number | null, restored: Restored, begin: number) =>
    lossOf({ topic: "market.raw", partition: 3, committed, restored, begin });
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

describe("D2: the furthest offset of the snapshots", () => {
  const value = (offset: number, other: object = {}) =>
    JSON.stringify({ version: marketCodec.schemaVersion, logId: "log", offset, state: {}, ...other });
  const newestOf = (values: Readonly<Record<string, string>>) => {
    const reader = new SnapshotReader(marketCodec, "log");
    reader.take(
      Object.entries(values).map(([key, text], offset) => ({
        offset,
        key: Buffer.from(key),
        value: Buffer.from(text),
        headers: {},
        timestampMs: 0,
      })),
    );
    return reader.newestOffset();
  };

  it("is that of the latest or of a session's, whatever its schema version", () => {
    expect(newestOf({ "#partition": value(10), "#partition@2018-01-03": value(7) })).toBe(10);
    expect(newestOf({ "#partition": value(10, { version: 99 }), "#partition@2018-01-03": value(7) })).toBe(10);
    expect(newestOf({ "#partition": "spoilt", "#partition@2018-01-03": value(7) })).toBe(7);
  });

  it("is none where there is no snapshot, or only of another raw log", () => {
    expect(newestOf({})).toBeNull();
    expect(newestOf({ "#partition": value(10, { logId: "another" }) })).toBeNull();
  });
});
