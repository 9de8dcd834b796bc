import { expect, it } from "vitest";
import { type ComparedParts, partDifference } from "../../../cli/verify/part-difference.ts";

const letter: ComparedParts = {
  key: "AAPL",
  value: Buffer.from([0xff, 0x00]),
  headers: { "source-offset": "7", reason: "notJson", stage: "enricher", "enriched-time": "of its run" },
};
const published: ComparedParts = {
  key: Buffer.from("AAPL"),
  value: Buffer.from([0xff, 0x00]),
  headers: {
    "enriched-time": Buffer.from("1720708200000000"),
    stage: Buffer.from("enricher"),
    reason: Buffer.from("notJson"),
    "source-offset": Buffer.from("7"),
  },
};
const { reason: _, ...withoutReason } = published.headers;
const { "enriched-time": __, ...withoutTime } = published.headers;

it("finds the same bytes equal, as text or not, whatever the headers' order and the time of the run", () => {
  expect(partDifference(letter, published)).toBeNull();
});

it.each<[string, Partial<ComparedParts>, ReturnType<typeof partDifference>]>([
  ["another value", { value: "x" }, { part: "value", expected: "\ufffd\0", published: "x" }],
  ["a value that is gone", { value: null }, { part: "value", expected: "\ufffd\0", published: null }],
  ["another key", { key: "MSFT" }, { part: "key", expected: "AAPL", published: "MSFT" }],
  ["a key that is gone", { key: null }, { part: "key", expected: "AAPL", published: null }],
  [
    "D3: another reason",
    { headers: { ...published.headers, reason: Buffer.from("badPrice") } },
    { part: "header reason", expected: "notJson", published: "badPrice" },
  ],
  [
    "a header that is gone",
    { headers: withoutReason },
    { part: "header reason", expected: "notJson", published: null },
  ],
  [
    "a header too many",
    { headers: { ...published.headers, detail: Buffer.from("why") } },
    { part: "header detail", expected: null, published: "why" },
  ],
  [
    "no time of the run",
    { headers: withoutTime },
    { part: "header enriched-time", expected: "of its run", published: null },
  ],
])("finds %s", (_name, other, found) => {
  expect(partDifference(letter, { ...published, ...other })).toEqual(found);
});

it("null is not the empty value", () => {
  const empty = { ...letter, value: "" };
  expect(partDifference({ ...letter, value: null }, empty)).toEqual({ part: "value", expected: null, published: "" });
  expect(partDifference(empty, empty)).toBeNull();
});

it("a header of any name is found, one of every object's properties too", () => {
  const headers = { ...published.headers, constructor: Buffer.from("any") };
  expect(partDifference(letter, { ...published, headers })?.part).toBe("header constructor");
  expect(partDifference({ ...letter, headers }, published)?.part).toBe("header constructor");
});
