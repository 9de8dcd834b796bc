import { expect, it } from "vitest";
import type { UnitOptions } from "../../../enricher/unit/unit-options.ts";
import { UnitRecovery } from "../../../enricher/unit/unit-recovery.ts";
import { type SmallState, smallFold } from "../../simulation/small-fold.ts";

const options = { fold: smallFold, logId: "log", groupId: "g", rawTopic: "raw" } as UnitOptions<SmallState>;

it.each([
  { committed: 90, begin: 0, forgotten: [], because: "all that was folded can be folded again" },
  { committed: 90, begin: 40, forgotten: [3], because: "what came before is not known any more" },
  { committed: null, begin: 40, forgotten: [], because: "nothing was published" },
])("D2: without a snapshot, from $begin with $committed committed: $because", ({ committed, begin, forgotten }) => {
  const recovery = new UnitRecovery(options, [{ partition: 3, committed, begin }], 0);
  recovery.takeSnapshot([]);
  expect(recovery.snapshotFaults).toEqual(new Map([[3, "none"]]));
  expect(recovery.forgotten).toEqual(forgotten);
});
