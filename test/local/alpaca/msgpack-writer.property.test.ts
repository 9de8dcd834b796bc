import { decode, decodeTimestampToTimeSpec, ExtensionCodec } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatEventTime } from "../../../domain/time/event-time.ts";
import { MsgpackWriter } from "../../../local/alpaca/msgpack-writer.ts";
import { parseExact } from "../../../local/alpaca/parse-exact.ts";

const extensionCodec = new ExtensionCodec();
extensionCodec.register({ type: -1, encode: () => null, decode: (data) => decodeTimestampToTimeSpec(data) });

function roundTrip(value: unknown): unknown {
  // A small buffer, so that it has to grow at any place.
  const writer = new MsgpackWriter(1);
  writer.write(value);
  return decode(writer.bytes, { extensionCodec, useBigInt64: true });
}

describe("msgpack as the stand-in writes it", () => {
  it("is read back by the official client's decoder, whatever JSON it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        // The client's decoder refuses this key, whoever wrote it.
        fc.pre(!text.includes('"__proto__"'));
        const expected = JSON.parse(text);
        expect(plain(roundTrip(expected))).toEqual(plain(expected));
      }),
      { numRuns: 500 },
    );
  });

  it("W1: carries every time to the nanosecond", () => {
    const nanosOfDay = fc.record({
      micros: fc.integer({ min: 0, max: 7_258_118_400_000_000 - 1 }),
      nanos: fc.integer({ min: 0, max: 999 }),
    });
    fc.assert(
      fc.property(nanosOfDay, (time) => {
        const { t } = roundTrip({ t: formatEventTime(time) }) as { t: { sec: number; nsec: number } };
        const seconds = Math.floor(time.micros / 1e6);
        expect(t).toEqual({ sec: seconds, nsec: (time.micros - seconds * 1e6) * 1000 + time.nanos });
      }),
    );
  });

  it("keeps integers above 2^53 exact, up to 64 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }), (i) => {
        expect(roundTrip(parseExact(`{"i":${i}}`))).toEqual({ i });
      }),
    );
    expect(roundTrip(parseExact('{"i":-9223372036854775808,"o":18446744073709551616}'))).toEqual({
      i: -(2n ** 63n),
      o: 2 ** 64,
    });
  });

  it.each(["yesterday", "2024-02-30T00:00:00Z", "2024-01-01T00:00:00.1234567891Z", "2024-01-01T00:00:00+01:00", ""])(
    "leaves what is no time in UTC as the text it was: %s",
    (t) => expect(roundTrip({ t })).toEqual({ t }),
  );

  it("takes the extension for a message's own `t` only, not for one deeper inside", () => {
    const t = "2024-01-01T00:00:00Z";
    expect(roundTrip({ x: { t }, list: [{ t }] })).toEqual({ x: { t }, list: [{ t }] });
  });

  it("writes what the encoder's tables have no short form for", () => {
    const long = { text: "é".repeat(70_000), list: Array.from({ length: 70_000 }, () => 1), ascii: "a".repeat(300) };
    expect(roundTrip(long)).toEqual(long);
  });
});

/** Numbers as their digits: integers that take 64 bits come back as bigint. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
