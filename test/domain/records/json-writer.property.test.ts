import fc from "fast-check";
import { expect, it } from "vitest";
import { formatPrice, formatTenThousandths } from "../../../domain/price/format.ts";
import { type MidHalfMicros, type PriceMicros, roundMid } from "../../../domain/price/price.ts";
import { ascii, keys } from "../../../domain/records/ascii.ts";
import { JsonWriter } from "../../../domain/records/json-writer.ts";
import { formatEventTime } from "../../../domain/time/event-time.ts";

/** Something to write, and the text that it is. */
interface Piece {
  readonly write: (json: JsonWriter) => unknown;
  readonly text: string;
}

const key = keys("open", "timeWeightedAverage");
const utf8 = new TextDecoder();

/** Few digits and many, and all around where the way of writing changes. */
const anyCount = fc.oneof(
  fc.nat(20_000),
  fc.nat(),
  fc.maxSafeNat(),
  fc.constantFrom(-0, 9999, 10_000, 2 ** 31 - 1, 2 ** 31, 1e15 - 1, 1e15, 1e21, 1.5),
);
const anyPrice = fc.oneof(
  fc.nat(2_000_000),
  fc.nat({ max: 10_000 }).map((cents) => cents * 10_000),
  fc.maxSafeNat(),
  fc.constantFrom(1, 999_999, 1_000_000, 1e13, 1e15),
);
const anyMicros = fc.oneof(
  fc.integer({ min: 0, max: 7_258_118_399_999_999 }),
  fc.integer({ min: 0, max: 7_258_118_399 }).map((second) => second * 1_000_000),
);
const anyNanos = fc.oneof(fc.nat(999), fc.constantFrom(0, 100, 10));
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom('"', "\\", "\u007f", "é", "\ud800"),
);

const anyPiece: fc.Arbitrary<Piece> = fc.oneof(
  fc.string({ unit: "grapheme-ascii" }).map((text) => ({ write: (json: JsonWriter) => json.put(ascii(text)), text })),
  fc
    .constantFrom("open" as const, "timeWeightedAverage" as const)
    .map((name) => ({ write: (json: JsonWriter) => json.put(key[name]), text: `,"${name}":` })),
  anyText.map((text) => ({ write: (json: JsonWriter) => json.text(text), text: JSON.stringify(text) })),
  anyText.map((text) => ({ write: (json: JsonWriter) => json.json(JSON.stringify(text)), text: JSON.stringify(text) })),
  fc.array(anyText, { maxLength: 4 }).map((list) => ({
    write: (json: JsonWriter) => json.texts(list),
    text: JSON.stringify(list),
  })),
  anyCount.map((count) => ({ write: (json: JsonWriter) => json.number(count), text: `${count}` })),
  anyPrice.map((price) => ({
    write: (json: JsonWriter) => json.price(price as PriceMicros),
    text: formatPrice(price as PriceMicros),
  })),
  anyPrice.map((mid) => ({
    write: (json: JsonWriter) => json.mid(mid as MidHalfMicros),
    text: formatPrice(roundMid(mid as MidHalfMicros)),
  })),
  fc.oneof(anyCount.filter(Number.isInteger), fc.integer(), fc.constantFrom(-1e15, -1e19)).map((value) => ({
    write: (json: JsonWriter) => json.tenThousandths(value),
    text: formatTenThousandths(value),
  })),
  fc.tuple(anyMicros, anyNanos).map(([micros, nanos]) => ({
    write: (json: JsonWriter) => json.time(micros, nanos),
    text: `"${formatEventTime({ micros, nanos })}"`,
  })),
  fc.constantFrom("text" as const, "price" as const, "mid" as const).map((kind) => ({
    write: (json: JsonWriter) => json[kind](null),
    text: "null",
  })),
);

it("P2, P4: what is written is the same as the text of it, one value after the other, and stays so", () => {
  const json = new JsonWriter();
  const taken: { readonly value: Uint8Array; readonly text: string }[] = [];
  fc.assert(
    fc.property(fc.array(anyPiece, { minLength: 20, maxLength: 60 }), (pieces) => {
      json.begin(ascii("{"));
      for (const { write } of pieces) write(json);
      const value = json.take();
      const text = `{${pieces.map((piece) => piece.text).join("")}`;
      expect(utf8.decode(value)).toBe(text.toWellFormed());
      taken.push({ value, text });
    }),
    { numRuns: 1000 },
  );
  // They filled several rooms between them: none was written to again.
  expect(taken.reduce((bytes, { value }) => bytes + value.length, 0)).toBeGreaterThan(300_000);
  for (const { value, text } of taken) expect(utf8.decode(value)).toBe(text.toWellFormed());
});

it("the room of a value that is given back is written again, and of those that were not given back nothing changes", () => {
  const value = fc.record({
    pieces: fc.array(anyPiece, { maxLength: 30 }),
    isKept: fc.boolean(),
    givesOther: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
      const json = new JsonWriter();
      const kept: { readonly value: Uint8Array; readonly text: string }[] = [];
      let roomFrom: Uint8Array | null = null;
      for (const { pieces, isKept, givesOther } of values) {
        json.begin(ascii("{"));
        for (const { write } of pieces) write(json);
        const value = json.take();
        if (roomFrom !== null && roomFrom.buffer === value.buffer) expect(value.byteOffset).toBe(roomFrom.byteOffset);
        roomFrom = isKept ? null : value;
        if (isKept) kept.push({ value, text: `{${pieces.map(({ text }) => text).join("")}`.toWellFormed() });
        // One that is not the last is not for giving back.
        const other = kept.at(-2);
        if (givesOther && other !== undefined) json.giveBack(other.value);
        if (!isKept) json.giveBack(value);
      }
      for (const { value, text } of kept) expect(utf8.decode(value)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

it("what is begun is not lost where the value before it is given back late", () => {
  const json = new JsonWriter();
  const before = json.begin(ascii("[1]")).take();
  json.begin(ascii("[2"));
  json.giveBack(before);
  expect(utf8.decode(json.put(ascii("]")).take())).toBe("[2]");
});

it("a value longer than the room is whole", () => {
  const json = new JsonWriter();
  const long = "x".repeat(200_000);
  json.begin(ascii("[")).text("short").text(long);
  const value = json.put(ascii("]")).take();
  expect(utf8.decode(value)).toBe(`["short""${long}"]`);
});

it("a value that was begun and given up leaves nothing in the next", () => {
  const json = new JsonWriter();
  json.begin(ascii("{")).text("half").take();
  json.begin(ascii("{")).text("given up");
  expect(utf8.decode(json.begin(ascii("[]")).take())).toBe("[]");
});
