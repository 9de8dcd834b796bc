import { expect, it } from "vitest";
import { decodeMessage, decodeRaw, rawBytesMax } from "../../../domain/messages/decode.ts";
import { correctionText, decodeText, quoteText, tradeText } from "../../support/raw-log.ts";

const t = "2018-01-03T15:00:00.123456789Z";
const time = { micros: 1_514_991_600_123_456, nanos: 789 };

it("a quote is read whole, its unknown fields passed over", () => {
  expect(decodeText(quoteText({ t, extra: { deep: [1] } }))).toEqual({
    kind: "quote",
    symbol: "XXX",
    ...time,
    bid: 99_990_000,
    bidSize: 3,
    bidExchange: "N",
    ask: 100_010_000,
    askSize: 5,
    askExchange: "N",
    conditions: ["R"],
    tape: "A",
  });
});

it("P3: a side of zero dollars is missing, and no fault", () => {
  expect(decodeText(quoteText({ bp: 0, bs: 0, bx: "" }))).toMatchObject({ bid: 0, bidSize: 0, bidExchange: "" });
});

it.each([
  ["no value", null],
  ["an empty one", ""],
  ["a broken one", '{"T":"q"'],
  ["two objects", '{"T":"q"}{"T":"q"}'],
  ["NaN", '{"T":"q","bp":NaN}'],
  ["a trailing comma", '{"T":"q",}'],
])("D3: %s is notJson", (_, text) => {
  expect(decodeText(text)).toBe("notJson");
});

it.each(["[]", `[${quoteText()}]`, "null", "1", '"q"', "true"])("D3: %s is notObject", (text) => {
  expect(decodeText(text)).toBe("notObject");
});

it.each(["z", "Q", "", "success", "error", "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])(
  "D3: the type %j is unknownType",
  (type) => {
    expect(decodeText(`{"T":${JSON.stringify(type)}}`)).toBe("unknownType");
    expect(decodeText(quoteText({ T: type }))).toBe("unknownType");
  },
);

it.each([1, true, ["q"], { q: 1 }, null])("D3: the type %j, which is no text, is unknownType", (type) => {
  expect(decodeText(quoteText({ T: type }))).toBe("unknownType");
});

it("D3: no type at all is missingField", () => {
  expect(decodeText("{}")).toBe("missingField");
  expect(decodeText('{"__proto__":{"T":"q"}}')).toBe("missingField");
});

it("D3: what is longer than the limit in bytes is tooLarge, before anything else is asked", () => {
  const padded = (length: number, letter = "x") => {
    const empty = quoteText({ pad: "" }).length;
    return quoteText({ pad: letter.repeat(length - empty) });
  };
  expect(decodeText(padded(rawBytesMax))).toMatchObject({ kind: "quote" });
  expect(decodeText(padded(rawBytesMax + 1))).toBe("tooLarge");
  expect(decodeText("x".repeat(rawBytesMax + 1))).toBe("tooLarge");
  // Each byte that is no UTF-8 is read as a replacement character of three bytes.
  const [before = "", after = ""] = quoteText({ z: "?" }).split("?");
  const broken = (bytes: number) => Buffer.concat([Buffer.from(before), Buffer.alloc(bytes, 0xff), Buffer.from(after)]);
  expect(decodeRaw(broken(400_000))).toBe("tooLarge");
  expect(decodeRaw(broken(100_000))).toMatchObject({ kind: "quote" });
  expect(decodeText(padded(rawBytesMax / 2 + 100, "é"))).toBe("tooLarge");
  expect(decodeText(padded(rawBytesMax / 2 - 100, "é"))).toMatchObject({ kind: "quote" });
});

const fieldsOf: Readonly<Record<string, string>> = {
  q: quoteText({ t }),
  t: tradeText(t),
  b: JSON.stringify({ T: "b", S: "XXX", o: 1, h: 1, l: 1, c: 1, v: 1, n: 1, vw: 1, t }),
  d: JSON.stringify({ T: "d", S: "XXX", o: 1, h: 1, l: 1, c: 1, v: 1, t }),
  u: JSON.stringify({ T: "u", S: "XXX", o: 1, h: 1, l: 1, c: 1, v: 1, t }),
  c: JSON.stringify({
    ...{ T: "c", S: "XXX", x: "V", oi: 1, op: 1, os: 1, oc: ["@"] },
    ...{ ci: 2, cp: 1, cs: 1, cc: [], t, z: "A" },
  }),
  x: JSON.stringify({ T: "x", S: "XXX", i: 1, x: "V", p: 1, s: 1, a: "C", t, z: "A" }),
  s: JSON.stringify({ T: "s", S: "XXX", sc: "H", sm: "Halt", rc: "", rm: "", t, z: "A" }),
  l: JSON.stringify({ T: "l", S: "XXX", u: 101, d: 99, i: "B", t, z: "A" }),
  i: JSON.stringify({ T: "i", S: "XXX", p: 100, t, z: "A" }),
};
const optional = ["n", "vw", "sm", "rc", "rm"];
const types = Object.keys(fieldsOf);

it.each(types)("W2: a message of type %s has a symbol and a time to the nanosecond", (type) => {
  expect(decodeText(fieldsOf[type] ?? "")).toMatchObject({ symbol: "XXX", ...time });
});

it.each(types)("D3: a message of type %s without one of its fields, or with null there, is missingField", (type) => {
  const message = JSON.parse(fieldsOf[type] ?? "") as Record<string, unknown>;
  const needed = Object.keys(message).filter((name) => !["T", ...optional].includes(name));
  const spared = { l: ["i", "z"], s: ["z"], i: ["z"] }[type] ?? [];
  for (const name of needed.filter((field) => !spared.includes(field))) {
    const { [name]: _, ...rest } = message;
    expect([name, decodeMessage(rest)]).toEqual([name, "missingField"]);
    expect([name, decodeMessage({ ...message, [name]: null })]).toEqual([name, "missingField"]);
  }
});

it.each(types)("D3: a message of type %s with an empty symbol, or one that is no text, is missingField", (type) => {
  const message = JSON.parse(fieldsOf[type] ?? "") as Record<string, unknown>;
  expect(decodeMessage({ ...message, S: "" })).toBe("missingField");
  expect(decodeMessage({ ...message, S: 7 })).toBe("missingField");
});

it.each(types)("D3, D2: a message of type %s of a symbol that no state can be kept of is missingField", (type) => {
  const message = JSON.parse(fieldsOf[type] ?? "") as Record<string, unknown>;
  for (const S of ["#partition", "XXX@2018-01-03", "@", "\ud800"]) {
    expect(decodeText(JSON.stringify({ ...message, S }))).toBe("missingField");
  }
  for (const S of ["BRK.B", "BTC/USD", "SPY240119C00470000", "A#", "É"]) {
    expect(decodeText(JSON.stringify({ ...message, S }))).toMatchObject({ symbol: S });
  }
});

it("D2, D3: what a state keeps is bounded: symbols, ids and exchanges of trades", () => {
  const long = (letters: number) => "A".repeat(letters);
  expect(decodeText(quoteText({ S: long(64) }))).toMatchObject({ symbol: long(64) });
  expect(decodeText(quoteText({ S: long(65) }))).toBe("missingField");
  expect(decodeText(tradeText(t, { S: long(65) }))).toBe("missingField");
  for (const name of ["i", "x"]) {
    expect(decodeText(tradeText(t, { [name]: long(32) }))).toMatchObject({ kind: "trade" });
    for (const bad of [long(33), "\n", '"', "é"])
      expect(decodeText(tradeText(t, { [name]: bad }))).toBe("missingField");
  }
  expect(decodeText(tradeText(t, { i: 1e32 }))).toBe("missingField");
  expect(decodeText(correctionText(t, { ci: long(33) }))).toBe("missingField");
});

it.each(types)("D3: a message of type %s with a bad time is badTime", (type) => {
  const message = JSON.parse(fieldsOf[type] ?? "") as Record<string, unknown>;
  for (const bad of ["2018-02-30T15:00:00Z", "yesterday", "", 1_514_991_600, {}, "2018-01-03T15:00:00.1234567890Z"]) {
    expect(decodeMessage({ ...message, t: bad })).toBe("badTime");
  }
});

it.each(["bp", "ap"])("P3, D3: a quote whose %s is no price is badPrice", (side) => {
  for (const bad of [-0.01, 10_000_000.01, "99", "NaN", true, {}, [99]]) {
    expect(decodeText(quoteText({ [side]: bad }))).toBe("badPrice");
  }
  expect(decodeText(quoteText().replace(`"${side}":`, `"${side}":1e999,"old":`))).toBe("badPrice");
});

it.each(["bs", "as"])("D3: a quote whose %s is no whole number from zero is badSize", (side) => {
  for (const bad of [-1, 0.5, "3", 1e300, true, {}]) expect(decodeText(quoteText({ [side]: bad }))).toBe("badSize");
  expect(decodeText(quoteText({ [side]: 0 }))).toMatchObject({ kind: "quote" });
});

it.each([
  ["c", "R"],
  ["c", [1]],
  ["c", {}],
  ["bx", 1],
  ["ax", 1],
  ["z", 1],
])("D3: a quote whose %s is %j is missingField, for it is not of its kind", (name, bad) => {
  expect(decodeText(quoteText({ [name]: bad }))).toBe("missingField");
});

it("D3: of several faults the reason names missingField, then badPrice, badSize, badTime", () => {
  const faults = { bp: -1, bs: -1, t: "never" };
  expect(decodeText(quoteText({ ...faults, z: null }))).toBe("missingField");
  expect(decodeText(quoteText(faults))).toBe("badPrice");
  expect(decodeText(quoteText({ bs: -1, t: "never" }))).toBe("badSize");
  const trade = { p: -1, s: -1, t: "never" };
  expect(decodeText(tradeText(t, { ...trade, z: null }))).toBe("missingField");
  expect(decodeText(tradeText(t, trade))).toBe("badPrice");
  expect(decodeText(tradeText(t, { s: -1, t: "never" }))).toBe("badSize");
  expect(decodeText(tradeText(t, { t: "never", x: 5 }))).toBe("missingField");
});
