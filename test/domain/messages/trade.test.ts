import { expect, it } from "vitest";
import { decodeMessage } from "../../../domain/messages/decode.ts";
import { cancelText, correctionText, decodeText, tradeText } from "../../support/raw-log.ts";

const time = { micros: 1_514_991_600_123_456, nanos: 789 };
const at = "15:00:00.123456789";

it("a trade is read whole, its unknown fields passed over", () => {
  expect(decodeText(tradeText(at, { i: 286, p: 158.48, s: 7, c: ["@", "I"], later: [1] }))).toEqual({
    ...{ kind: "trade", symbol: "XXX", ...time, id: "286", exchange: "V" },
    ...{ price: 158_480_000, size: 7, conditions: ["@", "I"], tape: "A" },
  });
});

it("a correction is read with what the trade was and what it should have been", () => {
  expect(decodeText(correctionText(at, { oc: ["@"], cc: ["@", "I"] }))).toEqual({
    ...{ kind: "correction", symbol: "XXX", ...time, exchange: "V", tape: "A", conditions: ["@", "I"] },
    ...{ originalId: "1", originalPrice: 100_000_000, originalSize: 100 },
    ...{ correctedId: "2", correctedPrice: 101_000_000, correctedSize: 200 },
  });
});

it("a cancel is read with its action", () => {
  expect(decodeText(cancelText(at, { a: "E" }))).toEqual({
    ...{ kind: "cancel", symbol: "XXX", ...time, exchange: "V", tape: "A" },
    ...{ id: "1", price: 100_000_000, size: 100, action: "E" },
  });
});

const raw = (text: string, name: string, id: string) => text.replace(new RegExp(`"${name}":\\d+`), `"${name}":${id}`);
const idOf = (id: string) => {
  const record = decodeText(raw(tradeText(at), "i", id));
  return typeof record === "object" && record.kind === "trade" ? record.id : record;
};

it.each([
  ["0", "0"],
  ["-0", "0"],
  ["9007199254740991", "9007199254740991"],
  ["9007199254740992", "9007199254740992"],
  ["9007199254740993", "9007199254740993"],
  ["-9007199254740993", "-9007199254740993"],
  ["52983525028677911", "52983525028677911"],
  ["123456789012345678901234567890", "123456789012345678901234567890"],
  ["1e3", "1000"],
  ["1.5", "1.5"],
  ['"71A-2"', '"71A-2"'],
  ['"286"', '"286"'],
])("a trade's id %s is kept digit for digit, also beyond 2^53", (id, kept) => {
  expect(idOf(id)).toBe(kept);
});

it("both ids of a correction are exact, and that of a cancel", () => {
  const correction = raw(raw(correctionText(at), "oi", "9007199254740993"), "ci", "9007199254740995");
  expect(decodeText(correction)).toMatchObject({ originalId: "9007199254740993", correctedId: "9007199254740995" });
  expect(decodeText(raw(cancelText(at), "i", "9007199254740993"))).toMatchObject({ id: "9007199254740993" });
});

it("an exact id is the message's own, not one of an object inside it", () => {
  const nested = raw(tradeText(at), "i", "9007199254740993").replace("{", '{"note":{"i":1},');
  const after = raw(tradeText(at), "i", "9007199254740993").replace(/}$/, ',"note":[{"i":7}]}');
  for (const text of [nested, after]) expect(decodeText(text)).toMatchObject({ id: "9007199254740993" });
});

it.each(["9007199254740993", "1.5"])("D3: the id %s is read out of a message nested deeper than the stack", (id) => {
  const nested = (text: string) => text.replace(/}$/, `,"note":${"[".repeat(200_000)}${"]".repeat(200_000)}}`);
  expect(decodeText(nested(raw(tradeText(at), "i", id)))).toMatchObject({ kind: "trade", id });
  expect(decodeText(nested(raw(cancelText(at), "i", id)))).toMatchObject({ kind: "cancel", id });
  const correction = raw(raw(correctionText(at), "oi", id), "ci", id);
  expect(decodeText(nested(correction))).toMatchObject({ kind: "correction", originalId: id, correctedId: id });
});

it("without the text that it was parsed from, an id is the text of its double", () => {
  const message = { ...JSON.parse(tradeText(at)), i: 2 ** 60 };
  expect(decodeMessage(message)).toMatchObject({ id: "1152921504606847000" });
});

it.each([[{}], [[1]], [true]])("D3: a trade whose id is %j is missingField", (id) => {
  expect(decodeText(tradeText(at, { i: id }))).toBe("missingField");
});

it("D3: an id that no double holds is missingField", () => {
  expect(idOf("1e999")).toBe("missingField");
});
