import { expect, it } from "vitest";
import { failuresOf } from "../../../cli/verify/failures.ts";
import { reportText } from "../../../cli/verify/report-text.ts";
import type { AuditedPartition, VerifyReport } from "../../../cli/verify/verify.ts";

function partition(number: number, kind: AuditedPartition["start"]["kind"]): AuditedPartition {
  return { partition: number, start: { kind, offset: 0, sessionDate: null }, to: 9, comparedFrom: {} };
}

const sound: VerifyReport = {
  rawRecords: 90,
  topics: {},
  equal: 80,
  missing: 0,
  duplicated: 0,
  different: 0,
  partitions: [partition(0, "beginning"), partition(1, "notCommitted")],
};

it("an audit that has found nothing passes, also where a partition is only new", () => {
  expect(failuresOf(sound)).toEqual([]);
  expect(reportText(sound)).not.toContain("failed");
});

it.each(["missing", "duplicated", "different"] as const)("one %s record fails it", (finding) => {
  expect(failuresOf({ ...sound, [finding]: 1 })).toHaveLength(1);
});

it("an audit that has folded no raw record fails, and says why", () => {
  const empty = { ...sound, rawRecords: 0, equal: 0, partitions: [partition(0, "nothingKept")] };
  expect(failuresOf(empty)).toEqual([expect.stringContaining("Nothing was audited")]);
  expect(reportText(empty)).toContain("failed: Nothing was audited");
});

it("D1: a partition with outputs and without a committed offset fails it", () => {
  const lost = { ...sound, partitions: [partition(0, "beginning"), partition(3, "offsetLost")] };
  expect(failuresOf(lost)).toEqual([expect.stringContaining("partition 3")]);
});
