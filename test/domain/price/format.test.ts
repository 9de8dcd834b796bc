import { expect, it } from "vitest";
import { formatPrice, formatTenThousandths } from "../../../domain/price/format.ts";
import { type MidHalfMicros, type PriceMicros, roundMid } from "../../../domain/price/price.ts";

it.each([
  [0, "0"],
  [1, "0.000001"],
  [10, "0.00001"],
  [156_000_000, "156"],
  [156_010_000, "156.01"],
  [92_224_286, "92.224286"],
  [10_000_000_000_000, "10000000"],
  [9_999_999_999_999, "9999999.999999"],
])("P2: %d millionths are the plain number %s", (micros, text) => {
  expect(formatPrice(micros as PriceMicros)).toBe(text);
});

it("P2: a half of a millionth is written away from zero", () => {
  const text = (mid: number) => formatPrice(roundMid(mid as MidHalfMicros));
  expect(text(312_010_001)).toBe("156.005001");
  expect(text(312_010_000)).toBe("156.005");
  expect(text(1)).toBe("0.000001");
});

it.each([
  [0, "0"],
  [-0, "0"],
  [1, "0.0001"],
  [-1, "-0.0001"],
  [-6591, "-0.6591"],
  [10_000, "1"],
  [-10_500, "-1.05"],
  [999_999_999_999_999, "99999999999.9999"],
  [1_000_000_000_000_001, "100000000000.0001"],
  [-9_007_199_254_740_991, "-900719925474.0991"],
  [1e19, "1000000000000000"],
])("P2: %d ten-thousandths are the plain number %s, with no exponent and no -0", (value, text) => {
  expect(formatTenThousandths(value)).toBe(text);
});
