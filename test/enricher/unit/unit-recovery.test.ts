import { expect, it } from "vitest";
import type { UnitOptions } from "../../../enricher/unit/unit-options.ts";
import { UnitRecovery } from "../../../enricher/unit/unit-recovery.ts";
import { type SmallState, smallFold } from "../../simulation/small-fold.ts";

const options = { fold: smallFold, logId: "log", groupId: "g", rawTopic: "raw" } as UnitOptions<SmallState>;

function recover(committed: number | null, begin: number, acceptsLostState: boolean) {
  const recovery = new UnitRecovery({ ...options, acceptsLostState }, [{ partition: 3, committed, begin }], 0);
  recovery.takeSnapshot([]);
  return recovery;
}

it.each([
  [90, 0, "all that was folded can be folded again"],
  [null, 40, "nothing is published: a new group begins with what is kept"],
] as const)(
  "D2: without a snapshot, %s committed and kept from %s on, all is well: %s",
  (committed, begin, _because) => {
    const recovery = recover(committed, begin, false);
    expect(recovery.snapshotFaults).toEqual(new Map([[3, "none"]]));
    expect(recovery.losses).toEqual([]);
  },
);

it("D2: a state whose records are gone and which no snapshot holds is no state to go on with", () => {
  expect(() => recover(90, 40, false)).toThrow("from offset 0 to 40 are no longer kept");
});

it("D2: unless that is accepted", () => {
  const recovery = recover(90, 40, true);
  expect(recovery.losses).toMatchObject([{ isWhole: true, unpublished: 0 }]);
  expect(recovery.works.map(({ next }) => next)).toEqual([40]);
});
