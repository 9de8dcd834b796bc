import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Comparison, type PlacedValue, type PublishedReader } from "../../../cli/verify/comparison.ts";

const placed = (offset: number, index: number, text = `${offset}-${index}`): PlacedValue => ({
  offset,
  index,
  value: Buffer.from(text),
});

async function compare(
  expected: readonly PlacedValue[],
  published: readonly PlacedValue[],
  from = { offset: 0, index: 0 },
) {
  let at = 0;
  const reader: PublishedReader = {
    peek: () => published[at] ?? null,
    take: () => {
      at++;
    },
  };
  const comparison = new Comparison(from);
  for (const each of expected) await comparison.expect(each, reader);
  return comparison.finish({ offset: 1000, index: 0 }, reader);
}

const log = [placed(0, 0), placed(0, 1), placed(3, 0), placed(4, 0)];

describe("comparing what was published with what the fold gives", () => {
  it("finds nothing where they are the same", async () => {
    expect(await compare(log, log)).toEqual({ equal: 4, missing: 0, duplicated: 0, different: 0, first: null });
  });

  it("finds a record that is missing, in the middle and at the end", async () => {
    const found = await compare(log, [log[0], log[2]] as PlacedValue[]);
    expect(found).toMatchObject({ equal: 2, missing: 2, first: { kind: "missing", offset: 0, index: 1 } });
  });

  it("finds a record published twice, at once or after later ones", async () => {
    expect(await compare(log, [...log.slice(0, 2), ...log.slice(1)])).toMatchObject({ equal: 4, duplicated: 1 });
    expect(await compare(log, [...log.slice(0, 3), ...log.slice(0, 3), ...log.slice(3)])).toMatchObject({
      equal: 4,
      missing: 0,
      duplicated: 3,
    });
    expect(await compare(log, [...log, ...log])).toMatchObject({ equal: 4, duplicated: 4 });
  });

  it("finds other bytes, and shows both", async () => {
    const found = await compare(log, [...log.slice(0, 2), placed(3, 0, "other"), ...log.slice(3)]);
    expect(found).toMatchObject({
      equal: 3,
      different: 1,
      first: { kind: "different", offset: 3, expected: "3-0", published: "other" },
    });
  });

  it("finds a record that the fold does not give", async () => {
    expect(await compare(log, [...log.slice(0, 2), placed(2, 0), ...log.slice(2)])).toMatchObject({
      equal: 4,
      different: 1,
      first: { kind: "different", offset: 2, expected: null },
    });
  });

  it("leaves what lies beyond the end alone: it was published after the audit began", async () => {
    expect(await compare(log, [...log, placed(1000, 0), placed(1001, 0)])).toMatchObject({ equal: 4, different: 0 });
  });

  it("neither expects nor looks at what comes before the place where it begins", async () => {
    const from = { offset: 3, index: 0 };
    expect(await compare(log, log, from)).toMatchObject({ equal: 2, missing: 0, different: 0 });
    const halfKept = [placed(0, 1, "other"), ...log.slice(2)];
    expect(await compare(log, halfKept, from)).toMatchObject({ equal: 2, missing: 0, different: 0 });
    expect(await compare(log, log.slice(0, 2), from)).toMatchObject({ equal: 0, missing: 2, different: 0 });
  });

  it("finds a record from before its beginning that was published again behind later ones", async () => {
    const again = [...log.slice(0, 3), placed(0, 1), ...log.slice(3)];
    expect(await compare(log, again, { offset: 3, index: 0 })).toMatchObject({
      equal: 2,
      duplicated: 1,
      different: 0,
      first: { kind: "duplicated", offset: 0, index: 1 },
    });
  });

  it("counts every planted loss and repeat, whatever their places", async () => {
    const copies = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(copies, async (counts) => {
        const expected = counts.map((_, offset) => placed(offset, 0));
        const published = counts.flatMap((count, offset) => Array.from({ length: count }, () => placed(offset, 0)));
        expect(await compare(expected, published)).toMatchObject({
          equal: counts.filter((count) => count > 0).length,
          missing: counts.filter((count) => count === 0).length,
          duplicated: counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
          different: 0,
        });
      }),
    );
  });
});
