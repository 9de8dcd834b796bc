import { describe, expect, it } from "vitest";
import { deliveryTail } from "../../indexer/delivery.ts";
import { documentOf, IndexDocument } from "../../indexer/document.ts";
import { createIndexOf } from "../../indexer/index-names.ts";
import { sourceHeaders } from "../../indexer/source-headers.ts";
import { candleValue, gapValue, incoming, otherValues, quoteValue } from "./records.ts";

const eventTime = "2018-01-03T15:00:00.000123456Z";
const eventMicros = Date.UTC(2018, 0, 3, 15) * 1000 + 123;
const headers = { "received-time": String(eventMicros + 12_345), "enriched-time": String(eventMicros + 13_400) };
const nowMicros = eventMicros + 250_000;
const indexOf = createIndexOf("market-");

function delivered(text: string, given: Record<string, string>): string {
  const value = Buffer.from(text);
  const tail = deliveryTail(value, sourceHeaders(incoming(text, given)), eventTime, nowMicros);
  return new IndexDocument("quote", "market-quotes-2018.01.03", "id", 1, value, tail).source.toString();
}

function deliveryOf(value: string, given: Record<string, string>): unknown {
  return JSON.parse(delivered(value, given)).delivery;
}

describe("delivery", () => {
  it("a document tells how long each hop took", () => {
    expect(deliveryOf(quoteValue(eventTime), headers)).toEqual({
      feedMs: 12.345,
      enrichMs: 1.055,
      indexMs: 236.6,
    });
  });

  it("the value's own bytes stand before it, unchanged", () => {
    const value = quoteValue(eventTime);
    const document = delivered(value, headers);
    expect(document.startsWith(value.slice(0, -1))).toBe(true);
    expect(JSON.parse(document)).toMatchObject(JSON.parse(value));
  });

  it("hops whose headers are missing are left out, and a value without any stays as it is", () => {
    expect(deliveryOf("{}".replace("}", '"a":1}'), { "enriched-time": headers["enriched-time"] })).toEqual({
      indexMs: 236.6,
    });
    expect(deliveryOf(quoteValue(eventTime), {})).toBeUndefined();
    expect(deliveryOf(quoteValue(eventTime), { ...headers, "enriched-time": "soon" })).toBeUndefined();
  });

  it("D3: a value that is cut short stays no JSON, so that OpenSearch refuses it", () => {
    const value = quoteValue(eventTime).slice(0, -1);
    const document = delivered(value, headers);
    expect(() => JSON.parse(document)).toThrow();
  });

  it("records of a moment of the market have it; gaps, candles and vendor bars do not", () => {
    const values = [quoteValue(eventTime), candleValue("2018-01-03T15:00:00Z", 0), gapValue, ...otherValues];
    const kinds = new Map<string, boolean>();
    for (const value of values) {
      const document = documentOf(incoming(value, headers), indexOf, nowMicros);
      if ("reason" in document) throw new Error(document.detail);
      kinds.set(document.kind, "delivery" in JSON.parse(document.source.toString()));
    }
    expect(Object.fromEntries(kinds)).toEqual({
      quote: true,
      trade: true,
      correction: true,
      cancel: true,
      alert: true,
      bar: false,
      gap: false,
      candle: false,
    });
  });

  it("D4: made again later it differs in indexMs alone, under the same id and version", () => {
    const record = incoming(quoteValue(eventTime), headers);
    const [first, second] = [nowMicros, nowMicros + 5_000_000].map((at) => documentOf(record, indexOf, at));
    expect(second).toMatchObject({ ...first, tail: expect.anything() });
    const [a, b] = [first, second].map((made) =>
      JSON.parse(String(made !== undefined && "source" in made && made.source)),
    );
    expect({ ...b, delivery: { ...b.delivery, indexMs: a.delivery.indexMs } }).toEqual(a);
    expect(b.delivery.indexMs).toBe(a.delivery.indexMs + 5000);
  });
});
