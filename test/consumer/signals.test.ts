import { expect, it } from "vitest";
import { lagOf } from "../../consumer/lag.ts";
import { openSince } from "../../consumer/regular-hours.ts";
import { stalenessOf } from "../../consumer/staleness.ts";
import { Trouble } from "../../consumer/trouble.ts";
import { PipelineError } from "../../domain/errors.ts";

const at = (partition: number, offset: number) => ({ topic: "t", partition, offset });

it("lag is the offsets between the reader and the end, of the partitions that the reader has", () => {
  const ends = [at(0, 10), at(1, 10), at(2, 10)];
  const lag = lagOf({ positions: [at(0, 4), at(1, 10)], ends, publishedTimeMs: 1000, nowMs: 1500, limit: {} });
  expect(lag).toMatchObject({ records: 6, behindMs: 500, isBehind: false });
  expect(lag.partitions.map(({ records }) => records)).toEqual([6, 0]);
});

it("who has read all is not behind, however old the newest record is", () => {
  const lag = lagOf({ positions: [at(0, 10)], ends: [at(0, 10)], publishedTimeMs: 0, nowMs: 1e9, limit: {} });
  expect(lag).toMatchObject({ records: 0, behindMs: 0, isBehind: false });
});

it("behind is told by time, ten seconds unless told otherwise, or by records", () => {
  const facts = { positions: [at(0, 0)], ends: [at(0, 6)], publishedTimeMs: 0 };
  const isBehind = (nowMs: number, limit: Parameters<typeof lagOf>[0]["limit"]) =>
    lagOf({ ...facts, nowMs, limit }).isBehind;
  expect([isBehind(10_000, {}), isBehind(10_001, {})]).toEqual([false, true]);
  expect([isBehind(0, { records: 6 }), isBehind(0, { records: 5 })]).toEqual([false, true]);
  expect(isBehind(2, { behindMs: 1 })).toBe(true);
});

const silence = { nowMs: 100_000, progressMs: 50_000, isReachable: true, staleAfterMs: 60_000, countsFromMs: 0 };

it("a silence is one when it lasts as long as was said; without an answer of Kafka nothing is known", () => {
  expect(stalenessOf(silence)).toEqual({ isStale: false, reason: null, silentMs: 50_000 });
  expect(stalenessOf({ ...silence, nowMs: 110_000 })).toEqual({ isStale: true, reason: "silent", silentMs: 60_000 });
  expect(stalenessOf({ ...silence, nowMs: 110_000, isReachable: false }).reason).toBe("unreachable");
});

it("a silence counts from the session's open, and outside of the hours not at all", () => {
  expect(stalenessOf({ ...silence, nowMs: 200_000, countsFromMs: 150_000 })).toMatchObject({
    isStale: false,
    silentMs: 50_000,
  });
  expect(stalenessOf({ ...silence, nowMs: 900_000, countsFromMs: null }).isStale).toBe(false);
});

it("C1: regular hours are those of the exchange, half days and holidays included", () => {
  const openAt = (time: string) => openSince(Date.parse(time));
  expect(openAt("2024-07-11T13:29:59Z")).toBeNull();
  expect(openAt("2024-07-11T13:30:00Z")).toBe(Date.parse("2024-07-11T13:30:00Z"));
  expect(openAt("2024-07-11T20:00:00Z")).toBeNull();
  expect(openAt("2024-07-03T17:00:00Z")).toBeNull(); // A half day: closed since 13:00 in New York.
  expect(openAt("2024-07-04T15:00:00Z")).toBeNull();
});

it("a trouble is told once, however many connections have it, and its end once", () => {
  const told: string[] = [];
  const trouble = new Trouble(({ kind }) => told.push(kind), "acme");
  const fault = new PipelineError("kafkaUnreachable", "gone");
  trouble.note(fault);
  trouble.note(fault);
  trouble.note(null);
  trouble.note(null);
  expect(told).toEqual(["outOfReach", "backInReach"]);
});
