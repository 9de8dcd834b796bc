import fc from "fast-check";
import { expect, it } from "vitest";
import {
  dealUnits,
  decodeClaim,
  encodeClaim,
  type UnitClaim,
  unitProtocolName,
} from "../../../runtime/kafka/unit-assignor.ts";

const none: UnitClaim = { generationId: -1, units: [] };
const claim = fc.record({
  generationId: fc.integer({ min: -1, max: 5 }),
  units: fc.uniqueArray(fc.nat(30)),
});
const members = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), claim, { minKeys: 1, maxKeys: 8 });
const counts = (dealt: ReadonlyMap<string, readonly number[]>) => [...dealt.values()].map(({ length }) => length);
const ascending = (units: readonly number[]) => units.toSorted((a, b) => a - b);

it("whatever is claimed: each unit goes to exactly one member, and none has two more than another", () => {
  fc.assert(
    fc.property(members, fc.uniqueArray(fc.nat(30)), (claims, units) => {
      const dealt = dealUnits(new Map(Object.entries(claims)), units);
      expect(ascending([...dealt.values()].flat())).toEqual(ascending(units));
      expect(Math.max(...counts(dealt)) - Math.min(...counts(dealt))).toBeLessThanOrEqual(1);
    }),
  );
});

it("a member keeps its units: when others come or go it loses no more than its fair share asks for", () => {
  fc.assert(
    fc.property(
      fc.nat(24),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 6 }),
      (unitCount, before, after) => {
        const units = Array.from({ length: unitCount }, (_, unit) => unit);
        const first = dealUnits(new Map(Array.from({ length: before }, (_, index) => [`m${index}`, none])), units);
        const staying = [...first].slice(0, after);
        const claims = new Map<string, UnitClaim>(
          staying.map(([member, own]) => [member, { generationId: 1, units: own }]),
        );
        while (claims.size < Math.max(after, 1)) claims.set(`n${claims.size}`, none);
        const second = dealUnits(claims, units);
        for (const [member, own] of staying) {
          const kept = second.get(member)?.filter((unit) => own.includes(unit)) ?? [];
          const least = Math.min(own.length, Math.floor(unitCount / claims.size));
          expect(kept.length).toBeGreaterThanOrEqual(least);
        }
        // With nobody new and nobody gone, nothing moves.
        const third = dealUnits(
          new Map([...second].map(([member, own]) => [member, { generationId: 2, units: own }])),
          units,
        );
        expect(new Map([...third].map(([member, own]) => [member, ascending(own)]))).toEqual(
          new Map([...second].map(([member, own]) => [member, ascending(own)])),
        );
      },
    ),
  );
});

it("of two members that claim a unit, the one of the later generation keeps it", () => {
  const claims = new Map([
    ["a", { generationId: 3, units: [0, 1] }],
    ["b", { generationId: 4, units: [1, 2] }],
  ]);
  const dealt = dealUnits(claims, [0, 1, 2, 3]);
  expect(dealt.get("b")).toEqual([1, 2]);
  expect(dealt.get("a")).toEqual([0, 3]);
});

it("claims come back as they were encoded; a member without one claims nothing", () => {
  const own = { generationId: 7, units: [3, 1, 11] };
  expect(decodeClaim(encodeClaim(own))).toEqual(own);
  expect(decodeClaim(Buffer.alloc(0))).toEqual(none);
});

it("the protocol's name tells units of one size from those of another, and other topics", () => {
  const unitsOf = (size: number) => (partition: number) => Math.floor(partition / size);
  const name = unitProtocolName(["raw"], unitsOf(3));
  expect(unitProtocolName(["raw"], (partition) => Math.trunc(partition / 3))).toBe(name);
  expect(unitProtocolName(["raw"], unitsOf(4))).not.toBe(name);
  expect(unitProtocolName(["other"], unitsOf(3))).not.toBe(name);
  expect(name).toMatch(/^bellwether-units-/);
});
