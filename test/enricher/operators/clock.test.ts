import { expect, it } from "vitest";
import {
  deadLetters,
  foldEach,
  heartbeatText,
  midText,
  quoteText,
  referenceText,
  settingsText,
  tradeText,
  values,
} from "../../support/raw-log.ts";

/** How many candles each text closed. */
const closedBy = (...texts: (string | null)[]) => foldEach(texts).map((outputs) => values(outputs, "candles").length);
const opened = midText(100, "15:00:10");

it("W2: the watermark is the highest event time less maxOutOfOrderMs, and closes a window on reaching its end", () => {
  expect(closedBy(opened, midText(100, "15:01:00.999999999"))).toEqual([0, 0]);
  expect(closedBy(opened, midText(100, "15:01:01"))).toEqual([0, 1]);
});

it("W2: maxOutOfOrderMs is settable", () => {
  const settings = settingsText({ maxOutOfOrderMs: 0 });
  expect(closedBy(settings, opened, midText(100, "15:00:59.999999999"), midText(100, "15:01:00"))).toEqual([
    0, 0, 0, 1,
  ]);
  const slow = settingsText({ maxOutOfOrderMs: 59_000 });
  expect(closedBy(slow, opened, midText(100, "15:01:58.999"), midText(100, "15:01:59"))).toEqual([0, 0, 0, 1]);
});

it("W2: a trade, an unusable quote and another symbol's quote move the watermark as well", () => {
  expect(closedBy(opened, tradeText("15:01:01"))).toEqual([0, 1]);
  expect(closedBy(opened, quoteText({ bp: 0, t: "2018-01-03T15:01:01Z" }))).toEqual([0, 1]);
  expect(closedBy(opened, midText(100, "15:01:01", { S: "YYY" }))).toEqual([0, 1]);
});

it("W2: a heartbeat moves the watermark", () => {
  expect(closedBy(opened, heartbeatText("15:01:00.999"), heartbeatText("15:01:01"))).toEqual([0, 0, 1]);
});

it("W2: the watermark never goes back", () => {
  const texts = [opened, heartbeatText("15:01:01"), heartbeatText("15:00:30"), midText(100, "15:00:20")];
  // The last is late, and revises its candle.
  expect(closedBy(...texts)).toEqual([0, 1, 0, 1]);
  const wider = settingsText({ maxOutOfOrderMs: 30_000 });
  const late = values(foldEach([heartbeatText("15:01:01"), wider, opened]).flat(), "enriched")[0];
  expect(late?.["quality"]).toContain("late");
});

it("W2: a dead-lettered record moves nothing, whatever its time", () => {
  expect(closedBy(opened, midText(100, "15:09:00", { bp: -1 }))).toEqual([0, 0]);
  expect(closedBy(opened, midText(100, "15:09:00", { T: "zz" }))).toEqual([0, 0]);
  expect(closedBy(opened, tradeText("15:09:00", { s: -1 }))).toEqual([0, 0]);
  expect(closedBy(opened, null, "not json")).toEqual([0, 0, 0]);
});

it("W2: control records without a time of the stream move nothing", () => {
  const gap = { T: "gap", S: null, from: "2018-01-03T15:00:00Z", to: "2018-01-03T15:09:00Z", reason: "disconnected" };
  const split = { T: "split", S: "XXX", exDate: "2018-01-04", oldRate: 1, newRate: 2 };
  const controls = [JSON.stringify(gap), JSON.stringify(split), referenceText("2018-01-04"), settingsText()];
  expect(closedBy(opened, ...controls)).toEqual([0, 0, 0, 0, 0]);
});

it("W8: exactly maxAheadMs past the newest heartbeat passes, a nanosecond more does not", () => {
  const heartbeat = heartbeatText("15:00:00.000000500");
  expect(deadLetters([heartbeat, midText(100, "15:00:05.000000500")])).toEqual([]);
  expect(deadLetters([heartbeat, midText(100, "15:00:05.000000501")])).toEqual(["futureTime"]);
  expect(deadLetters([heartbeat, tradeText("15:00:05.000001")])).toEqual(["futureTime"]);
});

it("W8: before a partition's first heartbeat all pass", () => {
  expect(deadLetters([midText(100, "15:00:00"), midText(100, "2100-01-01T00:00:00Z")])).toEqual([]);
});

it("W8: the newest heartbeat counts, not the last", () => {
  const beats = [heartbeatText("15:00:02"), heartbeatText("15:00:00")];
  expect(deadLetters([...beats, midText(100, "15:00:07")])).toEqual([]);
  const nanos = [heartbeatText("15:00:00.000000900"), heartbeatText("15:00:00.000000100")];
  expect(deadLetters([...nanos, midText(100, "15:00:05.000000900")])).toEqual([]);
  const newer = [heartbeatText("15:00:00.000000900"), heartbeatText("15:00:01")];
  expect(deadLetters([...newer, midText(100, "15:00:06.000000001")])).toEqual(["futureTime"]);
});

it("W8: maxAheadMs is settable", () => {
  const texts = [settingsText({ maxAheadMs: 1 }), heartbeatText("15:00:00")];
  expect(deadLetters([...texts, midText(100, "15:00:00.001")])).toEqual([]);
  expect(deadLetters([...texts, midText(100, "15:00:00.001000001")])).toEqual(["futureTime"]);
});

it("W8: an event from the future moves nothing: no window closes, and none has its values", () => {
  const heartbeat = heartbeatText("15:00:00");
  const near = midText(100, "15:00:04");
  expect(closedBy(heartbeat, near, midText(500, "15:09:00"), near, heartbeatText("15:01:01"))).toEqual([0, 0, 0, 0, 1]);
  const without = foldEach([heartbeat, near, near, heartbeatText("15:10:00")]);
  const withOne = foldEach([heartbeat, near, midText(500, "15:00:05.1"), near, heartbeatText("15:10:00")]);
  expect(withOne.toSpliced(2, 1)).toEqual(without);
  expect(withOne[2]).toEqual([{ stream: "deadLetter", reason: "futureTime" }]);
});
