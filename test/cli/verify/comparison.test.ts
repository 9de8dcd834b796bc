import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Comparison,
  type PublishedReader,
  type PublishedRecord,
  type Strangers,
} from "../../../cli/verify/comparison.ts";

const placed = (offset: number, index: number, other: Partial<PublishedRecord> = {}): PublishedRecord => ({
  offset,
  index,
  publishedOffset: 100 + offset,
  key: "AAPL",
  value: Buffer.from(`${offset}-${index}`),
  headers: { "source-offset": String(offset) },
  ...other,
});
const noStrangers: Strangers = { count: 0, first: null };

async function compare(
  expected: readonly PublishedRecord[],
  published: readonly PublishedRecord[],
  from = { offset: 0, index: 0 },
  strangers = noStrangers,
) {
  let at = 0;
  const reader: PublishedReader = {
    peek: () => published[at] ?? null,
    take: () => {
      at++;
    },
    strangers,
  };
  const comparison = new Comparison(5, from);
  for (const each of expected) await comparison.expect(each, reader);
  return comparison.finish({ offset: 1000, index: 0 }, reader);
}

const log = [placed(0, 0), placed(0, 1), placed(3, 0), placed(4, 0)];

describe("comparing what was published with what the fold gives", () => {
  it("finds nothing where they are the same", async () => {
    expect(await compare(log, log)).toEqual({ equal: 4, missing: 0, duplicated: 0, different: 0, first: null });
  });

  it("finds a record that is missing, in the middle and at the end", async () => {
    const found = await compare(log, [log[0], log[2]] as PublishedRecord[]);
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
    const found = await compare(log, [
      ...log.slice(0, 2),
      placed(3, 0, { value: Buffer.from("other") }),
      ...log.slice(3),
    ]);
    expect(found).toMatchObject({
      equal: 3,
      different: 1,
      first: { kind: "different", partition: 5, offset: 3, part: "value", expected: "3-0", published: "other" },
    });
  });

  it("finds another key and another header beside an equal value, and says which", async () => {
    const otherKey = await compare(log, [...log.slice(0, 2), placed(3, 0, { key: "TSLA" }), ...log.slice(3)]);
    expect(otherKey).toMatchObject({
      equal: 3,
      different: 1,
      first: { kind: "different", offset: 3, publishedOffset: 103, part: "key", expected: "AAPL", published: "TSLA" },
    });
    const headers = { "source-offset": "3", stage: "indexer" };
    expect(await compare(log, [...log.slice(0, 2), placed(3, 0, { headers }), ...log.slice(3)])).toMatchObject({
      equal: 3,
      different: 1,
      first: { kind: "different", offset: 3, part: "header stage", expected: null, published: "indexer" },
    });
  });

  it("counts what bears no place of a raw record as different, and shows where it stands", async () => {
    const strangers = { count: 2, first: { publishedOffset: 7, value: "whose?" } };
    expect(await compare(log, log, { offset: 0, index: 0 }, strangers)).toEqual({
      equal: 4,
      missing: 0,
      duplicated: 0,
      different: 2,
      first: {
        kind: "different",
        partition: 5,
        offset: null,
        index: null,
        publishedOffset: 7,
        part: null,
        expected: null,
        published: "whose?",
      },
    });
  });

  it("shows first what bears no place where it was read before another finding", async () => {
    const strangers = { count: 1, first: { publishedOffset: 7, value: "whose?" } };
    expect(await compare(log, log.slice(1), { offset: 0, index: 0 }, strangers)).toMatchObject({
      missing: 1,
      different: 1,
      first: { offset: null, publishedOffset: 7 },
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
    const halfKept = [placed(0, 1, { value: Buffer.from("other") }), ...log.slice(2)];
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
