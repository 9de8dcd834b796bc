import fc from "fast-check";
import { expect, it } from "vitest";
import type { z } from "zod";
import { cancelSchema } from "../../../domain/records/cancel.ts";
import { candleSchema } from "../../../domain/records/candle.ts";
import { correctionSchema } from "../../../domain/records/correction.ts";
import { enrichedBarSchema } from "../../../domain/records/enriched-bar.ts";
import { enrichedQuoteSchema } from "../../../domain/records/enriched-quote.ts";
import { enrichedTradeSchema } from "../../../domain/records/enriched-trade.ts";
import { gapSchema } from "../../../domain/records/gap.ts";
import { indicatorFlipSchema } from "../../../domain/records/indicator-flip.ts";
import { anyStream, textOf } from "../../support/random-stream.ts";
import { foldEach, referenceText } from "../../support/raw-log.ts";

const references = ["a", "B"].map((S) => referenceText("2018-01-03", { S }));
const definitions: Readonly<Record<string, z.ZodObject>> = {
  quote: enrichedQuoteSchema,
  trade: enrichedTradeSchema,
  bar: enrichedBarSchema,
  correction: correctionSchema,
  cancel: cancelSchema,
  gap: gapSchema,
  candle: candleSchema,
  alert: indicatorFlipSchema,
};
const runningKeys = Object.keys(enrichedQuoteSchema.shape.windows.valueType.shape);
const keysOf = (schema: z.ZodObject) => Object.keys(schema.shape).join();

/** Each value that a random stream publishes, and its definition. */
function forEachValue(check: (value: string, definition: z.ZodObject) => void): void {
  fc.assert(
    fc.property(anyStream, (events) => {
      for (const output of foldEach([...references, ...events.map(textOf)]).flat()) {
        if (output.stream === "deadLetter") continue;
        const definition = definitions[(JSON.parse(output.value) as { type: string }).type];
        if (definition === undefined) throw new Error(`nothing defines ${output.value}`);
        check(output.value, definition);
      }
    }),
    { numRuns: 100 },
  );
}

it("every published value holds by its strict definition", () => {
  forEachValue((value, definition) => {
    const result = definition.safeParse(JSON.parse(value));
    expect(result.error).toBeUndefined();
  });
});

it("P4: every published value has its keys in the order of its definition, shorter windows first", () => {
  forEachValue((value, definition) => {
    const parsed = JSON.parse(value) as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(Object.keys(definition.shape).filter((key) => key in parsed));
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
  expect(keysOf(enrichedQuoteSchema)).toBe(
    "type,symbol,eventTime,bidPrice,bidSize,bidExchange,askPrice,askSize,askExchange,conditions,tape,midPrice,previousClose," +
      "previousCloseDate,previousCloseSource,percentChange,indicator,quality,windows",
  );
  expect(runningKeys.join()).toBe("start,open,high,low,close,timeWeightedAverage,count,spreadBps");
  expect(keysOf(enrichedTradeSchema)).toBe(
    "type,symbol,eventTime,tradeId,exchange,price,size,conditions,tape,previousClose,previousCloseDate,previousCloseSource," +
      "percentChange,indicator,quality",
  );
  expect(keysOf(correctionSchema)).toBe(
    "type,symbol,eventTime,exchange,originalTradeId,originalPrice,originalSize,correctedTradeId,correctedPrice,correctedSize," +
      "conditions,tape,quality",
  );
  expect(keysOf(cancelSchema)).toBe("type,symbol,eventTime,exchange,tradeId,price,size,action,tape,quality");
  expect(keysOf(enrichedBarSchema)).toBe(
    "type,symbol,eventTime,interval,open,high,low,close,volume,tradeCount,vwap,updated,previousClose,percentChange,indicator,quality",
  );
  expect(keysOf(gapSchema)).toBe("type,symbol,from,to,reason");
  expect(keysOf(candleSchema)).toBe(
    "type,symbol,interval,start,end,revision,open,high,low,close,timeWeightedAverage,count,spreadBps," +
      "tradeOpen,tradeHigh,tradeLow,tradeClose,volume,vwap,tradeCount,previousClose,previousCloseDate,percentChange,indicator,incomplete",
  );
  expect(keysOf(indicatorFlipSchema)).toBe("type,kind,symbol,eventTime,from,to,midPrice,previousClose,percentChange");
});
