import { describe, expect, it } from "vitest";
import { lostOffset } from "../../../enricher/snapshot/committed-check.ts";
import { marketCodec } from "../../../enricher/snapshot/market-codec.ts";
import { SnapshotReader } from "../../../enricher/snapshot/snapshot-reader.ts";
import { readBack } from "../../support/read-back.ts";

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

describe("D2: the furthest offset of the snapshots", () => {
  const value = (offset: number, other: object = {}) =>
    JSON.stringify({ version: marketCodec.schemaVersion, logId: "log", offset, state: {}, ...other });
  const newestOf = (values: Readonly<Record<string, string>>) => {
    const reader = new SnapshotReader(marketCodec, "log");
    reader.take(Object.entries(values).map(([key, value], offset) => readBack({ key, value }, offset)));
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
