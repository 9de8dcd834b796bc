import { expect, it } from "vitest";
import { defaultSettings, type SettingsDocument, settingsOf, settingsSchema } from "../../domain/settings.ts";

const accepts = (changed: Partial<SettingsDocument>) =>
  settingsSchema.safeParse({ ...defaultSettings("c"), ...changed }).success;

it("I1: the threshold is 5 percent where nothing else was set", () => {
  expect(settingsOf(defaultSettings("c")).thresholdMillionths).toBe(50_000);
});

it("W2, W3, W4, W8, Q1: the other defaults are those of the rules", () => {
  expect(settingsOf(defaultSettings("c"))).toMatchObject({
    intervals: [
      { name: "1m", micros: 60_000_000 },
      { name: "5m", micros: 300_000_000 },
    ],
    maxOutOfOrderMs: 1000,
    graceMs: 60_000,
    maxAheadMs: 5000,
    maxSpreadMillionths: 100_000,
    adjustDividends: false,
    calendar: "c",
  });
  expect(accepts({})).toBe(true);
});

it.each(["1s", "30s", "1m", "5m", "15m", "60m", "1h", "3600s"])(
  "W3: %s divides an hour, and is an interval",
  (name) => {
    expect(accepts({ intervals: [name], maxOutOfOrderMs: 999 })).toBe(true);
  },
);

it.each(["7m", "2h", "0m", "01m", "1d", "1", "m", "", " 1m", "1.5m", "-1m", "99999s"])(
  "W3: %s is no interval",
  (name) => {
    expect(accepts({ intervals: [name], maxOutOfOrderMs: 0 })).toBe(false);
  },
);

it("W3: intervals are kept shortest first, each once", () => {
  const { intervals } = settingsOf({ ...defaultSettings("c"), intervals: ["1h", "30s", "5m", "30s"] });
  expect(intervals.map((interval) => interval.name)).toEqual(["30s", "5m", "1h"]);
});

it("W3: two names of one length are refused, for they are one window", () => {
  expect(accepts({ intervals: ["1m", "60s"] })).toBe(false);
  expect(accepts({ intervals: [] })).toBe(false);
});

it("W2: maxOutOfOrderMs is shorter than every interval", () => {
  expect(accepts({ maxOutOfOrderMs: 59_999 })).toBe(true);
  expect(accepts({ maxOutOfOrderMs: 60_000 })).toBe(false);
  expect(accepts({ maxOutOfOrderMs: -1 })).toBe(false);
  expect(accepts({ graceMs: 0 })).toBe(false);
  expect(accepts({ maxAheadMs: 0 })).toBe(false);
});

it("I1: a threshold has at most four decimals, is above zero, and is read exactly", () => {
  expect(settingsOf({ ...defaultSettings("c"), thresholdPercent: 0.0001 }).thresholdMillionths).toBe(1);
  expect(settingsOf({ ...defaultSettings("c"), thresholdPercent: 1.1 }).thresholdMillionths).toBe(11_000);
  expect(accepts({ thresholdPercent: 0.0001 })).toBe(true);
  expect(accepts({ thresholdPercent: 5.00005 })).toBe(false);
  expect(accepts({ thresholdPercent: 1e-11 })).toBe(false);
  expect(accepts({ thresholdPercent: 0 })).toBe(false);
  expect(accepts({ thresholdPercent: -5 })).toBe(false);
});

it("I1: a threshold can be set by symbol", () => {
  const settings = settingsOf({ ...defaultSettings("c"), thresholdPercentBySymbol: { AAPL: 2.5 } });
  expect([...settings.thresholdMillionthsBySymbol]).toEqual([["AAPL", 25_000]]);
});
