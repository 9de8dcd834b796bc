import fc from "fast-check";
import { expect, it } from "vitest";
import { candleSchema } from "../../../domain/records/candle.ts";
import { enrichedQuoteSchema } from "../../../domain/records/enriched-quote.ts";
import { anyStream, textOf } from "../../support/random-stream.ts";
import { foldEach, referenceText } from "../../support/raw-log.ts";

const references = ["a", "B"].map((S) => referenceText("2018-01-03", { S }));
const definitions = { enriched: enrichedQuoteSchema, candles: candleSchema };
const runningKeys = Object.keys(enrichedQuoteSchema.shape.windows.valueType.shape);

/** Each value that a random stream publishes. */
function forEachValue(check: (value: string, stream: "enriched" | "candles") => void): void {
  fc.assert(
    fc.property(anyStream, (events) => {
      for (const output of foldEach([...references, ...events.map(textOf)]).flat()) {
        if (output.stream === "enriched" || output.stream === "candles") check(output.value, output.stream);
      }
    }),
    { numRuns: 100 },
  );
}

it("every published value holds by its strict definition", () => {
  forEachValue((value, stream) => {
    const result = definitions[stream].safeParse(JSON.parse(value));
    expect(result.error).toBeUndefined();
  });
});

it("P4: every published value has its keys in the order of its definition, shorter windows first", () => {
  forEachValue((value, stream) => {
    const parsed = JSON.parse(value) as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(Object.keys(definitions[stream].shape));
    const windows = Object.entries((parsed["windows"] ?? {}) as Record<string, object>);
    expect(windows.map(([name]) => name)).toEqual(["1m", "5m"].filter((name) => windows.some(([key]) => key === name)));
    for (const [, window] of windows) expect(Object.keys(window)).toEqual(runningKeys);
  });
});

it("P2: every published value is the very text that JSON gives of it: plain numbers, no spaces, no -0, no exponent", () => {
  forEachValue((value) => {
    expect(JSON.stringify(JSON.parse(value))).toBe(value);
    for (const [number] of value.replace(/"[^"]*"/g, '""').matchAll(/[-+\d.eE]*\d[-+\d.eE]*/g)) {
      expect(number).toMatch(/^-?(0|[1-9]\d*)(\.\d{0,5}[1-9])?$/);
      expect(number).not.toBe("-0");
    }
  });
});

it("P4: the keys of the definitions stand in the order of the design's examples", () => {
  expect(Object.keys(enrichedQuoteSchema.shape).join()).toBe(
    "type,symbol,eventTime,bidPrice,bidSize,bidExchange,askPrice,askSize,askExchange,conditions,tape,midPrice,previousClose," +
      "previousCloseDate,previousCloseSource,percentChange,indicator,quality,windows",
  );
  expect(runningKeys.join()).toBe("start,open,high,low,close,timeWeightedAverage,count,spreadBps");
  expect(Object.keys(candleSchema.shape).join()).toBe(
    "type,symbol,interval,start,end,revision,open,high,low,close,timeWeightedAverage,count,spreadBps,previousClose," +
      "previousCloseDate,percentChange,indicator",
  );
});
