import { expect, it } from "vitest";
import { midOf, type PriceMicros, parsePrice, roundMid } from "../../../domain/price/price.ts";

it.each([
  [156, 156_000_000],
  [156.01, 156_010_000],
  [0.000001, 1],
  [92.224286, 92_224_286],
  [9_999_999.999999, 9_999_999_999_999],
])("P1: %d dollars are read as exactly %d millionths", (dollars, micros) => {
  expect(parsePrice(dollars)).toBe(micros);
});

it.each([
  ["156.0000005", 156_000_001],
  ["156.00000049", 156_000_000],
  ["156.0000015", 156_000_002],
  ["0.0000005", 1],
  ["0.00000049", 0],
  ["1e-7", 0],
  ["5e-7", 1],
  ["9.5e-6", 10],
  ["4e-8", 0],
  ["1.0000004999", 1_000_000],
])("P1: %s has more than six decimals, and is rounded to the nearest, halves up, to %d millionths", (text, micros) => {
  expect(parsePrice(JSON.parse(text))).toBe(micros);
});

it("P3: ten million dollars is a price, and anything above is none", () => {
  expect(parsePrice(10_000_000)).toBe(10_000_000_000_000);
  expect(parsePrice(10_000_000.000001)).toBeNull();
  expect(parsePrice(10_000_000.0000001)).toBeNull();
  expect(parsePrice(1e300)).toBeNull();
});

it("P3: zero is read as zero, also where it is written -0 or 0.0", () => {
  expect(parsePrice(0)).toBe(0);
  expect(parsePrice(JSON.parse("0.0"))).toBe(0);
  expect(parsePrice(JSON.parse("-0"))).toBe(0);
});

it.each([
  -0.01,
  -1e-9,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  "156",
  "NaN",
  "",
  null,
  undefined,
  true,
  [156],
  {},
])("P3: %s is no price", (value) => {
  expect(parsePrice(value)).toBeNull();
});

it("Q3: a mid is (bid + ask) / 2, kept in half millionths", () => {
  expect(midOf(156_000_000 as PriceMicros, 156_000_001 as PriceMicros)).toBe(312_000_001);
});

it("P1: a mid of half a millionth is rounded away from zero", () => {
  expect(roundMid(midOf(1 as PriceMicros, 2 as PriceMicros))).toBe(2);
  expect(roundMid(midOf(2 as PriceMicros, 2 as PriceMicros))).toBe(2);
});
