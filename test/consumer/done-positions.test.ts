import { expect, it } from "vitest";
import { DonePositions } from "../../consumer/done-positions.ts";

const at = (offset: number) => ({ topic: "t", partition: 0, offset });
const assigned = (committedOffset: number | null) => [{ topic: "t", partition: 0, committedOffset, beginOffset: 0 }];

it("auto: a batch is done when the next is asked for, and is not offered again once it is committed", () => {
  const done = new DonePositions("auto");
  done.handedOver(at(3));
  expect(done.positions([at(3)])).toEqual([at(3)]);
  done.batchDone(at(5));
  expect(done.uncommitted()).toEqual([at(5)]);
  done.committed([at(5)]);
  expect(done.uncommitted()).toEqual([]);
  expect(done.positions([at(3)])).toEqual([at(5)]);
  // Marks of transactions that no record shows are passed, too.
  expect(done.positions([at(7)])).toEqual([at(7)]);
});

it("manual: only what is told as done is, and where nothing is, the first that was handed over comes again", () => {
  const done = new DonePositions("manual");
  done.handedOver(at(3));
  done.batchDone(at(5));
  done.handedOver(at(5));
  expect(done.uncommitted()).toEqual([]);
  expect(done.positions([at(7)])).toEqual([at(3)]);
  done.recordDone(at(4));
  expect(done.positions([at(7)])).toEqual([at(4)]);
  expect(done.uncommitted()).toEqual([at(4)]);
});

it("what a commit has failed for is offered again, and so is what was done while one was under way", () => {
  const done = new DonePositions("auto");
  done.recordDone(at(5));
  expect(done.uncommitted()).toEqual([at(5)]);
  done.committed([]);
  expect(done.uncommitted()).toEqual([at(5)]);
  done.recordDone(at(7));
  done.committed([at(5)]);
  expect(done.uncommitted()).toEqual([at(7)]);
  done.committed([at(7)]);
  expect(done.uncommitted()).toEqual([]);
});

it("a position never goes back, and what others have committed beyond is not committed again", () => {
  const done = new DonePositions("auto");
  done.recordDone(at(9));
  done.recordDone(at(4));
  done.assigned(assigned(8));
  expect(done.uncommitted()).toEqual([at(9)]);
  done.recordDone(at(11));
  done.assigned(assigned(20));
  expect(done.uncommitted()).toEqual([]);
});
