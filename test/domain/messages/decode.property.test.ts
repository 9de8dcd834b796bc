import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeMessage } from "../../../domain/messages/decode.ts";
import type { RejectReason } from "../../../domain/messages/reject-reason.ts";
import { decodeText, quoteText } from "../../support/raw-log.ts";

const reasons: readonly RejectReason[] = [
  ...(["notJson", "notObject", "unknownType", "missingField", "badPrice"] as const),
  ...(["badSize", "badTime", "futureTime", "tooLarge"] as const),
];
const known = ["q", "t", "b", "d", "u", "c", "x", "s", "l", "i", "settings", "reference", "split", "gap", "heartbeat"];
const names = [
  "S",
  "bp",
  "ap",
  "bs",
  "as",
  "bx",
  "ax",
  "c",
  "t",
  "z",
  "p",
  "s",
  "sessionDate",
  "previousClose",
  "from",
];

function expectReasonOrRecord(result: ReturnType<typeof decodeText>): void {
  if (typeof result === "string") expect(reasons).toContain(result);
  else expect(result.kind).toBeTypeOf("string");
}

it("D3: any text at all is a record or one of the closed reasons, and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => expectReasonOrRecord(decodeText(text))),
    { numRuns: 2000 },
  );
});

it("D3: any object of a known type is a record or one of the closed reasons, and is not changed", () => {
  const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  fc.assert(
    fc.property(fc.constantFrom(...known), fields, (type, rest) => {
      const message = { ...rest, T: type };
      const before = JSON.stringify(message);
      expectReasonOrRecord(decodeMessage(message));
      expect(JSON.stringify(message)).toBe(before);
    }),
    { numRuns: 2000 },
  );
});

it("D3: a quote with any one field replaced by anything is read or rejected, never half read", () => {
  const quote = JSON.parse(quoteText()) as Record<string, unknown>;
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(quote)), fc.jsonValue(), (name, value) => {
      const result = decodeMessage({ ...quote, [name]: value });
      if (typeof result === "string" || result.kind !== "quote") return;
      for (const number of [result.bid, result.ask, result.bidSize, result.askSize, result.micros, result.nanos]) {
        expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
      }
      expect(result.symbol).not.toBe("");
    }),
    { numRuns: 2000 },
  );
});
