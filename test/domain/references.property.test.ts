import fc from "fast-check";
import { expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { parseCorporateActions } from "../../domain/references/corporate-actions.ts";
import { addDailyBars, OfficialCloses } from "../../domain/references/official-closes.ts";
import { referenceRecords } from "../../domain/references/reference-records.ts";

it("C3: the adjusted close is the nearest millionth to close x oldRate / newRate", () => {
  const rate = fc.integer({ min: 1, max: 1000 });
  const close = fc.integer({ min: 1, max: 1_000_000_000 });
  fc.assert(
    fc.property(close, rate, rate, (micros, oldRate, newRate) => {
      const closes = new OfficialCloses();
      addDailyBars(closes, { bars: { XXX: [{ t: "2018-01-02T05:00:00Z", c: micros / 1_000_000 }] } });
      const forward_splits = [{ symbol: "XXX", ex_date: "2018-01-03", old_rate: oldRate, new_rate: newRate }];
      const actions = parseCorporateActions({ corporate_actions: { forward_splits } });
      const need = { kind: "references" as const, sessionDate: "2018-01-03", symbols: ["XXX"] };
      const records = referenceRecords(need, { closes, actions, calendar: nyse, adjustDividends: false });
      const twice = 2n * BigInt(micros) * BigInt(oldRate) + BigInt(newRate);
      const expected = Number(twice / (2n * BigInt(newRate)));
      const reference = records.find((record) => record.type === "reference");
      if (expected === 0 || expected > 10_000_000_000_000) {
        expect(reference).toBeUndefined();
        return;
      }
      const { previousClose } = JSON.parse(reference?.value ?? "{}") as { previousClose: number };
      expect(Math.round(previousClose * 1_000_000)).toBe(expected);
    }),
  );
});
