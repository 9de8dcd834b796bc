import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeMessage, decodeRaw } from "../../../domain/messages/decode.ts";
import { readQuote } from "../../../domain/messages/quote-bytes.ts";
import { decodeText } from "../../support/raw-log.ts";

/** The general way: the JSON's objects first, and the checks behind them. */
function decodedByParts(text: string): ReturnType<typeof decodeText> {
  try {
    return decodeMessage(JSON.parse(text), text);
  } catch {
    return "notJson";
  }
}

const digits = (text: string) => text.replace(/[^0-9]/g, "");
const fraction = fc.stringMatching(/^[0-9]{1,6}$/);
const dollars = fc.integer({ min: 0, max: 9_999_999 });
const price = fc.oneof(
  fc.tuple(dollars, fraction).map(([whole, places]) => `${whole}.${places}`),
  dollars.map(String),
);
const size = fc.integer({ min: 0, max: 999_999_999_999_999 }).map(String);
const text = fc.oneof(fc.stringMatching(/^[A-Z]{0,5}$/), fc.string({ unit: "grapheme", maxLength: 5 }));
const time = fc
  .tuple(fc.date({ min: new Date(0), max: new Date("2200-12-31T23:59:59Z"), noInvalidDate: true }), fraction)
  .map(([date, places]) => JSON.stringify(`${date.toISOString().slice(0, 19)}.${digits(places)}Z`));

const symbol = fc.stringMatching(/^[A-Z.]{1,6}$/);
/** Also such as no state can be kept of. */
const anySymbol = fc.oneof(
  fc.stringMatching(/^[A-Z0-9./#@]{1,40}$/),
  fc.constantFrom("#partition", "#", "@", "XXX@2018-01-03", "A#", "\ud800", "A\udfff", "É", "😀"),
);

/** A quote's fields as JSON text, each by its name. */
const fields = fc.record({
  S: symbol.map((value) => JSON.stringify(value)),
  bx: text.map((value) => JSON.stringify(value)),
  bp: price,
  bs: size,
  ax: text.map((value) => JSON.stringify(value)),
  ap: price,
  as: size,
  c: fc.array(text, { maxLength: 3 }).map((values) => JSON.stringify(values)),
  z: text.map((value) => JSON.stringify(value)),
  t: time,
});

/** Numerals, texts and times at the edge of what is read, and past it. */
const odd = fc.constantFrom(
  ...[
    "0",
    "00",
    "01",
    "-0",
    "-1",
    "1.",
    ".5",
    "1e3",
    "1E-3",
    "1.2345678",
    "10000000",
    "10000000.000001",
    "9999999.999999",
  ],
  ...[
    "1000000000000000",
    "9007199254740993",
    "true",
    "null",
    "{}",
    "[]",
    "[1]",
    '["R",]',
    '["R" ]',
    '[["R"]]',
    '""',
    "''",
  ],
  ...[
    '"\\u0041"',
    '"a\\"b"',
    '"\\',
    '"a\nb"',
    '"2024-02-30T10:00:00Z"',
    '"2024-02-29T10:00:00Z"',
    '"1969-12-31T10:00:00Z"',
  ],
);
const names = ["S", "bx", "bp", "bs", "ax", "ap", "as", "c", "z", "t"] as const;

const quoteJson = (entries: readonly (readonly [string, string])[]) =>
  `{"T":"q",${entries.map(([name, json]) => `"${name}":${json}`).join(",")}}`;

it("D3: a quote as a vendor writes it is read in one pass, and is what it is by its parts, in whatever order its fields come", () => {
  fc.assert(
    fc.property(fields, fc.shuffledSubarray([...names], { minLength: names.length }), (quote, order) => {
      const json = quoteJson(order.map((name) => [name, quote[name]]));
      const byParts = decodedByParts(json);
      expect(decodeText(json)).toEqual(byParts);
      const isPlain = /^[^\\\u0080-\uffff]*$/.test(json);
      if (isPlain && typeof byParts !== "string") expect(readQuote(Buffer.from(json))).toEqual(byParts);
    }),
    { numRuns: 3000 },
  );
});

it("D3, D2: whatever its symbol, it is read or rejected as by its parts: not if it begins with #, holds @ or half a pair", () => {
  fc.assert(
    fc.property(fields, anySymbol, (quote, S) => {
      const json = quoteJson(names.map((name) => [name, name === "S" ? JSON.stringify(S) : quote[name]]));
      const isKept = !S.startsWith("#") && !S.includes("@") && !/\p{Surrogate}/u.test(S);
      // A second time, when its texts are known.
      for (const result of [decodeText(json), decodeText(json), decodedByParts(json)]) {
        if (isKept) expect(result).toMatchObject({ kind: "quote", symbol: S });
        else expect(result).toBe("missingField");
      }
    }),
    { numRuns: 3000 },
  );
});

it("D3: with a field that is odd, missing, unknown or there twice, it is read or rejected as by its parts", () => {
  const change = fc.record({
    name: fc.constantFrom(...names, "u", "bz", "T"),
    json: odd,
    at: fc.nat(10),
    drop: fc.boolean(),
  });
  fc.assert(
    fc.property(fields, change, (quote, { name, json, at, drop }) => {
      const entries: (readonly [string, string])[] = names
        .filter((other) => !drop || other !== name)
        .map((other) => [other, quote[other]]);
      entries.splice(at, 0, [name, json]);
      expect(decodeText(quoteJson(entries))).toEqual(decodedByParts(quoteJson(entries)));
    }),
    { numRuns: 5000 },
  );
});

it("D3: cut off, it is none, although what lies behind it may be the rest", () => {
  fc.assert(
    fc.property(fields, fc.double({ min: 0, max: 0.999, noNaN: true }), (quote, share) => {
      const json = Buffer.from(quoteJson(names.map((name) => [name, quote[name]])));
      const end = Math.floor(share * json.length);
      expect(readQuote(json, 0, end)).toBe(null);
      expect(decodeRaw(json, 0, end)).toBe("notJson");
    }),
    { numRuns: 2000 },
  );
});

it("D3: cut off, or with any character put in, taken out or exchanged, it is read or rejected as by its parts", () => {
  const edit = fc.record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 2 }),
    insert: fc.oneof(
      fc.constantFrom("", ...'{}[]":,.\\0123456789eE+- \n\u0000tTqSbaxpscz'),
      fc.string({ maxLength: 2 }),
    ),
    cut: fc.boolean(),
  });
  fc.assert(
    fc.property(fields, fc.array(edit, { minLength: 1, maxLength: 3 }), (quote, edits) => {
      const json = edits.reduce(
        (before, { share, remove, insert, cut }) => {
          const at = Math.floor(share * before.length);
          return cut ? before.slice(0, at) + insert : before.slice(0, at) + insert + before.slice(at + remove);
        },
        quoteJson(names.map((name) => [name, quote[name]])),
      );
      // Half of a pair is no text: as bytes it is a replacement character.
      expect(decodeText(json)).toEqual(decodedByParts(json.toWellFormed()));
    }),
    { numRuns: 10_000 },
  );
});

it("D3: with any bytes in it, UTF-8 or not, it is read or rejected as the text that they are", () => {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  const edit = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.uint8Array({ maxLength: 4 }) });
  fc.assert(
    fc.property(
      fields,
      fc.oneof(edit, fc.constant({ share: 0, bytes: Uint8Array.of(0xef, 0xbb, 0xbf) })),
      (quote, { share, bytes }) => {
        const json = Buffer.from(quoteJson(names.map((name) => [name, quote[name]])));
        const at = Math.floor(share * json.length);
        const edited = Buffer.concat([json.subarray(0, at), bytes, json.subarray(at)]);
        const byParts = decodedByParts(utf8.decode(edited));
        expect(decodeRaw(edited)).toEqual(byParts);
        // As it lies in what was fetched: what is before and behind it is not its own, and might go on with it.
        const lying = Buffer.concat([json, edited, json.subarray(at)]);
        expect(decodeRaw(lying, json.length, json.length + edited.length)).toEqual(byParts);
      },
    ),
    { numRuns: 5000 },
  );
});
