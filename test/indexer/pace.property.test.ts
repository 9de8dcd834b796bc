import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullPace, nextPace, type Pace, type PaceLimits, type RequestEnd } from "../../indexer/pace.ts";

const limits = fc.record({
  requestsInFlightMax: fc.integer({ min: 1, max: 32 }),
  documentsMax: fc.integer({ min: 1, max: 50_000 }),
});
/** How a request ended; `late`: it was sent before the pace was eased the last time. */
const end = fc.record({
  kind: fc.constantFrom<RequestEnd["kind"]>("taken", "busy", "away"),
  tookMs: fc.integer({ min: 0, max: 60_000 }),
  late: fc.boolean(),
});
type End = typeof end extends fc.Arbitrary<infer Value> ? Value : never;

function paceThen(pace: Pace, { kind, tookMs, late }: End, given: PaceLimits): Pace {
  return nextPace(pace, { kind, tookMs, eased: late ? pace.eased - 1 : pace.eased }, given);
}

function paceAfter(ends: readonly End[], given: PaceLimits): Pace {
  return ends.reduce((pace, next) => paceThen(pace, next, given), fullPace(given));
}

const quick: End = { kind: "taken", tookMs: 100, late: false };
const slow: End = { kind: "taken", tookMs: 20_000, late: false };
const busy: End = { kind: "busy", tookMs: 10, late: false };

describe("the pace of bulk requests", () => {
  it("D5: it stays between one request of a few documents and the limits, whatever comes", () => {
    fc.assert(
      fc.property(limits, fc.array(end, { maxLength: 300 }), (given, ends) => {
        const { requestsAtOnce, documentsPerRequest } = paceAfter(ends, given);
        expect(requestsAtOnce).toBeGreaterThanOrEqual(1);
        expect(requestsAtOnce).toBeLessThanOrEqual(given.requestsInFlightMax);
        expect(documentsPerRequest).toBeGreaterThanOrEqual(Math.min(50, given.documentsMax));
        expect(documentsPerRequest).toBeLessThanOrEqual(given.documentsMax);
      }),
    );
  });

  it("D5: what is busy, slow or away is never asked for more than before", () => {
    const bad = end.filter(({ kind, tookMs }) => kind !== "taken" || tookMs > 5000);
    fc.assert(
      fc.property(limits, fc.array(end, { maxLength: 100 }), bad, (given, ends, last) => {
        const before = paceAfter(ends, given);
        const { requestsAtOnce, documentsPerRequest } = paceThen(before, last, given);
        expect(requestsAtOnce).toBeLessThanOrEqual(before.requestsAtOnce);
        expect(documentsPerRequest).toBeLessThanOrEqual(before.documentsPerRequest);
      }),
    );
  });

  it.each([
    ["busy", busy],
    ["slow", slow],
  ])("D5: while it is %s it is soon asked for the least", (_, bad) => {
    fc.assert(
      fc.property(limits, (given) => {
        const { requestsAtOnce, documentsPerRequest } = paceAfter(Array(16).fill(bad), given);
        expect({ requestsAtOnce, documentsPerRequest }).toEqual({
          requestsAtOnce: 1,
          documentsPerRequest: Math.min(50, given.documentsMax),
        });
      }),
    );
  });

  it("D5: from wherever it was, quick answers bring it back to the limits, and keep it there", () => {
    fc.assert(
      fc.property(limits, fc.array(end, { maxLength: 100 }), (given, ends) => {
        // Ten doublings of documents, and eight answers for each request more.
        const recovering = Array(10 + 8 * given.requestsInFlightMax).fill(quick);
        const { requestsAtOnce, documentsPerRequest } = paceAfter([...ends, ...recovering], given);
        const { requestsInFlightMax, documentsMax } = given;
        expect({ requestsAtOnce, documentsPerRequest }).toEqual({
          requestsAtOnce: requestsInFlightMax,
          documentsPerRequest: documentsMax,
        });
      }),
    );
  });

  it("D5: refusals of what was under way together ease it once", () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 31 }), (given, others) => {
        const eased = paceAfter([busy], given);
        const late = Array<End>(others).fill({ ...busy, late: true });
        expect(late.reduce((pace, next) => paceThen(pace, next, given), eased)).toEqual(eased);
      }),
    );
  });

  it("D5: fewer requests come first, then smaller ones; documents come back before requests do", () => {
    const given = { requestsInFlightMax: 4, documentsMax: 1000 };
    const steps = [busy, busy, busy, quick, ...Array<End>(8).fill(quick)];
    const paces = steps.map((_, at) => paceAfter(steps.slice(0, at + 1), given));
    expect(paces.map(({ requestsAtOnce, documentsPerRequest }) => [requestsAtOnce, documentsPerRequest])).toEqual([
      [2, 1000],
      [1, 1000],
      [1, 500],
      ...Array(8).fill([1, 1000]),
      [2, 1000],
    ]);
  });

  it("D5: what is away is asked by one request, of the size it took before; where it was given up, of half of it", () => {
    const given = { requestsInFlightMax: 4, documentsMax: 1000 };
    expect(paceAfter([{ kind: "away", tookMs: 3, late: false }], given)).toMatchObject({
      requestsAtOnce: 1,
      documentsPerRequest: 1000,
    });
    expect(paceAfter([{ kind: "away", tookMs: 60_000, late: false }], given)).toMatchObject({
      requestsAtOnce: 1,
      documentsPerRequest: 500,
    });
  });
});
