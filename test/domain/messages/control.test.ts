import { expect, it } from "vitest";
import { decodeMessage } from "../../../domain/messages/decode.ts";
import { decodeText, heartbeatText, referenceText, settingsText } from "../../support/raw-log.ts";

const day = "2018-01-03";
const split = { T: "split", S: "XXX", exDate: day, oldRate: 1, newRate: 7 };
const gap = { T: "gap", S: null, from: `${day}T15:00:00Z`, to: `${day}T15:01:00Z`, reason: "disconnected" };

it("W2: a heartbeat is read to the nanosecond", () => {
  expect(decodeText(heartbeatText("15:00:00.123456789"))).toEqual({
    kind: "heartbeat",
    micros: 1_514_991_600_123_456,
    nanos: 789,
  });
});

it("D3: a heartbeat without a time is missingField, with a bad one badTime", () => {
  expect(decodeText('{"T":"heartbeat"}')).toBe("missingField");
  expect(decodeText('{"T":"heartbeat","t":null}')).toBe("missingField");
  expect(decodeText('{"T":"heartbeat","t":1514991600}')).toBe("badTime");
});

it("C4, P1: a reference is read with its previous close in millionths, rounded", () => {
  const text = referenceText(day, { previousClose: 92.2242857, unadjustedClose: 645.57, splitFactor: 7 });
  expect(decodeText(text)).toEqual({
    kind: "reference",
    symbol: "XXX",
    sessionDate: day,
    previousClose: 92_224_286,
    previousCloseDate: "2018-01-02",
  });
});

it.each(["S", "sessionDate", "previousClose", "previousCloseDate"])(
  "D3: a reference without %s is missingField, whatever else is wrong",
  (name) => {
    const message = JSON.parse(referenceText(day)) as Record<string, unknown>;
    expect(decodeMessage({ ...message, [name]: undefined })).toBe("missingField");
    expect(decodeMessage({ ...message, sessionDate: "x", [name]: null })).toBe("missingField");
    expect(decodeMessage({ ...message, previousClose: -1, [name]: null })).toBe("missingField");
  },
);

it("D3: a reference of zero, negative or absurd dollars is badPrice", () => {
  for (const previousClose of [0, -1, 10_000_001, "100", 1e-9]) {
    expect(decodeText(referenceText(day, { previousClose, sessionDate: "x" }))).toBe("badPrice");
  }
});

it("D3: a reference whose dates are none is badTime", () => {
  for (const bad of ["2018-02-30", "2018-01-03T00:00:00Z", "20180103", "", 20180103]) {
    expect(decodeText(referenceText(day, { sessionDate: bad }))).toBe("badTime");
    expect(decodeText(referenceText(day, { previousCloseDate: bad }))).toBe("badTime");
  }
});

it("C5: a split is read with its rates", () => {
  expect(decodeMessage(split)).toEqual({ kind: "split", symbol: "XXX", exDate: day, oldRate: 1, newRate: 7 });
});

it("D3: a split that lacks a field is missingField, of a rate not above zero badSize, of a bad day badTime", () => {
  for (const name of ["S", "exDate", "oldRate", "newRate"]) {
    expect(decodeMessage({ ...split, [name]: null })).toBe("missingField");
  }
  for (const rate of [0, -1, "7", Number.NaN]) expect(decodeMessage({ ...split, newRate: rate })).toBe("badSize");
  expect(decodeMessage({ ...split, exDate: "2018-02-30" })).toBe("badTime");
});

it("D3, C5: a split's rates are below 1e9, as the producer writes them: of one beyond it is badSize", () => {
  for (const rate of [1e9, 1e300]) {
    expect(decodeMessage({ ...split, oldRate: rate })).toBe("badSize");
    expect(decodeMessage({ ...split, newRate: rate })).toBe("badSize");
  }
  expect(decodeMessage({ ...split, oldRate: 999_999_999, newRate: 0.000001 })).toMatchObject({ kind: "split" });
});

it("W9: a gap is read for one symbol and for all", () => {
  expect(decodeMessage(gap)).toMatchObject({ kind: "gap", symbol: null, reason: "disconnected" });
  expect(decodeMessage({ ...gap, S: "XXX" })).toMatchObject({ kind: "gap", symbol: "XXX" });
});

it("D3: a gap that lacks a field is missingField, with a bad time badTime", () => {
  for (const name of ["from", "to", "reason"]) expect(decodeMessage({ ...gap, [name]: null })).toBe("missingField");
  expect(decodeMessage({ ...gap, S: undefined })).toBe("missingField");
  expect(decodeMessage({ ...gap, to: "later" })).toBe("badTime");
});

it("D3: settings that break their schema are rejected, and unknown keys in them passed over", () => {
  expect(decodeText(settingsText({ thresholdPercent: "5" }))).toBe("missingField");
  expect(decodeText(settingsText({ intervals: ["7m"] }))).toBe("missingField");
  expect(decodeText(settingsText({ calendar: undefined }))).toBe("missingField");
  expect(decodeText(settingsText({ later: true }))).toMatchObject({ kind: "settings" });
});

it("D3: a control record of a symbol that no state can be kept of is missingField", () => {
  const reference = JSON.parse(referenceText(day)) as Record<string, unknown>;
  for (const S of ["", "#partition", "XXX@2018-01-03", "\ud800"]) {
    for (const message of [reference, split, gap]) expect(decodeMessage({ ...message, S })).toBe("missingField");
  }
});
