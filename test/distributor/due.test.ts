import { expect, it } from "vitest";
import { dueOf } from "../../distributor/due.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";

const nowMs = 1_720_708_200_000;

function received(msBefore: number | null, writtenMsBefore = 0): IncomingRecord {
  const headers: Record<string, Buffer> =
    msBefore === null ? {} : { "received-time": Buffer.from(String((nowMs - msBefore) * 1000)) };
  return { offset: 0, key: null, value: null, headers, timestampMs: nowMs - writtenMsBefore };
}

it("without a delay all may be shown, whatever the records say", () => {
  expect(dueOf([received(-5000), received(10)], 0, 0, nowMs)).toEqual({ end: 2, waitMs: 0 });
});

it("a record may be shown once its delay has passed, to the millisecond", () => {
  expect(dueOf([received(2000)], 0, 2000, nowMs)).toEqual({ end: 1, waitMs: 0 });
  expect(dueOf([received(1999)], 0, 2000, nowMs)).toEqual({ end: 0, waitMs: 1 });
});

it("nothing behind a record that has to wait is shown before it", () => {
  expect(dueOf([received(3000), received(500), received(9000)], 0, 2000, nowMs)).toEqual({ end: 1, waitMs: 1500 });
  expect(dueOf([received(3000), received(500), received(9000)], 2, 2000, nowMs)).toEqual({ end: 3, waitMs: 0 });
});

it("a record that does not tell when it was received goes by Kafka's time", () => {
  expect(dueOf([received(null, 2500)], 0, 2000, nowMs)).toEqual({ end: 1, waitMs: 0 });
  expect(dueOf([received(null, 1500)], 0, 2000, nowMs)).toEqual({ end: 0, waitMs: 500 });
  const odd = { ...received(null, 1500), headers: { "received-time": Buffer.from("soon") } };
  expect(dueOf([odd], 0, 2000, nowMs)).toEqual({ end: 0, waitMs: 500 });
});
