import { expect, it } from "vitest";
import { decodeMessage } from "../../../domain/messages/decode.ts";

const t = "2018-01-03T15:00:00Z";
const bar = { T: "b", S: "XXX", o: 100, h: 102, l: 99, c: 101, v: 1200, n: 10, vw: 100.5, t };

it("a vendor's bar is read whole", () => {
  expect(decodeMessage(bar)).toEqual({
    ...{ kind: "bar", symbol: "XXX", micros: 1_514_991_600_000_000, nanos: 0, interval: "1m", updated: false },
    ...{ open: 100_000_000, high: 102_000_000, low: 99_000_000, close: 101_000_000 },
    ...{ volume: 1200, tradeCount: 10, vwap: 100_500_000 },
  });
});

it("u is a minute's bar told again, d a day's bar so far", () => {
  expect(decodeMessage({ ...bar, T: "u" })).toMatchObject({ interval: "1m", updated: true });
  expect(decodeMessage({ ...bar, T: "d" })).toMatchObject({ interval: "1d", updated: false });
});

it("the count of trades and the vwap may be missing or null", () => {
  const { n: _, vw: __, ...without } = bar;
  for (const message of [without, { ...bar, n: null, vw: null }]) {
    expect(decodeMessage(message)).toMatchObject({ tradeCount: null, vwap: null });
  }
});

it("D3: the count of trades and the vwap may not be wrong", () => {
  expect(decodeMessage({ ...bar, vw: -1 })).toBe("badPrice");
  expect(decodeMessage({ ...bar, vw: "100" })).toBe("badPrice");
  expect(decodeMessage({ ...bar, n: 1.5 })).toBe("badSize");
  expect(decodeMessage({ ...bar, n: -1, vw: -1 })).toBe("badPrice");
});
