import { expect, it } from "vitest";
import {
  cancelText,
  correctionText,
  foldEach,
  heartbeatText,
  midText,
  published,
  settingsText,
  tradeText,
  values,
} from "../../support/raw-log.ts";

const oneMinute = settingsText({ intervals: ["1m"] });
const first = tradeText("15:00:10", { i: 1, p: 100, s: 100 });
const second = tradeText("15:00:20", { i: 5, p: 103, s: 50 });
const closed = heartbeatText("15:01:01");
const candleOf = (...texts: string[]) => published([oneMinute, ...texts, closed], "candles").at(-1);
const lastOutputs = (...texts: string[]) => foldEach(texts).at(-1) ?? [];
const qualityOf = (...texts: string[]) => values(lastOutputs(...texts), "enriched")[0]?.["quality"];

it("P4: a correction is written as the design shows it, to the byte", () => {
  const fields = { oi: 286, op: 158.48, ci: 290, cp: 158.46, cs: 100 };
  const outputs = lastOutputs(tradeText("15:00:00", { i: 286, p: 158.48 }), correctionText("15:00:05", fields));
  expect(outputs).toEqual([
    {
      ...{ stream: "enriched", type: "correction", key: "XXX", indicator: null },
      value:
        '{"type":"correction","symbol":"XXX","eventTime":"2018-01-03T15:00:05Z","exchange":"V","originalTradeId":286,"originalPrice":158.48,' +
        '"originalSize":100,"correctedTradeId":290,"correctedPrice":158.46,"correctedSize":100,"conditions":["@"],"tape":"A","quality":[]}',
    },
  ]);
});

it("P4: a cancel is written as the design shows it, to the byte", () => {
  const outputs = lastOutputs(cancelText("15:00:05", { i: 286, p: 158.48 }));
  expect(outputs).toEqual([
    {
      ...{ stream: "enriched", type: "cancel", key: "XXX", indicator: null },
      value:
        '{"type":"cancel","symbol":"XXX","eventTime":"2018-01-03T15:00:05Z","exchange":"V","tradeId":286,"price":158.48,"size":100,' +
        '"action":"C","tape":"A","quality":["unmatched"]}',
    },
  ]);
});

it("W7: a cancel takes the trade out of its open window", () => {
  expect(candleOf(first, second, cancelText("15:00:30"))).toMatchObject({
    ...{ revision: 0, tradeOpen: 103, tradeHigh: 103, tradeLow: 103, tradeClose: 103 },
    ...{ volume: 50, tradeCount: 1, vwap: 103 },
  });
});

it("W7: a correction replaces the trade at its own time", () => {
  const third = tradeText("15:00:25", { i: 6, p: 102, s: 50 });
  expect(candleOf(first, second, third, correctionText("15:00:50", { oi: 5, cp: 90, cs: 10 }))).toMatchObject({
    ...{ tradeOpen: 100, tradeHigh: 102, tradeLow: 90, tradeClose: 102 },
    ...{ volume: 160, tradeCount: 3, vwap: (10_000 + 900 + 5100) / 160 },
  });
});

it("W7: a corrected trade keeps its place on the log among trades of one moment", () => {
  const same = tradeText("15:00:10", { i: 5, p: 103, s: 50 });
  expect(candleOf(first, same, correctionText("15:00:50"))).toMatchObject({ tradeOpen: 101, tradeClose: 103 });
});

it("W7: where the window had closed, the record comes first and then one revised candle", () => {
  const outputs = lastOutputs(oneMinute, first, second, closed, cancelText("15:01:02"));
  expect(outputs.map((output) => output.stream)).toEqual(["enriched", "candles"]);
  expect(values(outputs, "candles")).toMatchObject([{ revision: 1, volume: 50, tradeOpen: 103, tradeCount: 1 }]);
});

it("W7: one amendment revises every closed window that holds the trade, and changes the open ones", () => {
  const outputs = lastOutputs(first, second, closed, correctionText("15:01:02"));
  expect(values(outputs, "candles")).toMatchObject([{ interval: "1m", revision: 1, volume: 250, tradeOpen: 101 }]);
  const all = published([first, second, closed, correctionText("15:01:02"), heartbeatText("15:05:01")], "candles");
  expect(all.at(-1)).toMatchObject({ interval: "5m", revision: 0, volume: 250, tradeOpen: 101 });
});

it("W7: the cancel of the only trade of a published candle revises it to one with neither side", () => {
  const [candle] = values(lastOutputs(oneMinute, first, closed, cancelText("15:01:02")), "candles");
  expect(Object.keys(candle ?? {})).toEqual([
    ...["type", "symbol", "interval", "start", "end", "revision"],
    ...["previousClose", "previousCloseDate", "percentChange", "indicator"],
  ]);
  expect(candle).toMatchObject({ revision: 1 });
  const quoted = lastOutputs(oneMinute, midText(100, "15:00:05"), first, closed, cancelText("15:01:02"));
  expect(values(quoted, "candles")).toMatchObject([{ revision: 1, count: 1 }]);
});

it("W3, W7: a window whose only trade is cancelled before it closes gives no candle, and starts at revision 0 later", () => {
  const texts = [oneMinute, first, cancelText("15:00:30"), closed];
  expect(published(texts, "candles")).toEqual([]);
  expect(published([...texts, tradeText("15:00:40")], "candles")).toMatchObject([{ revision: 0, tradeCount: 1 }]);
});

it("W7: an unknown trade is unmatched, and no window changes", () => {
  const texts = [oneMinute, first, closed];
  for (const fields of [{ i: 9 }, { x: "N" }, { S: "YYY" }]) {
    const outputs = lastOutputs(...texts, cancelText("15:01:02", fields));
    expect(outputs.map((output) => output.stream)).toEqual(["enriched"]);
    expect(values(outputs, "enriched")[0]?.["quality"]).toEqual(["unmatched"]);
  }
  expect(qualityOf(...texts, correctionText("15:01:02", { oi: 9 }))).toEqual(["unmatched"]);
});

it("W7: a trade of another session is unmatched", () => {
  // 20:00 in New York is 01:00 in UTC: the trade and the cancel are a second apart, of two sessions.
  const texts = [tradeText("2018-01-04T00:59:59.5Z"), cancelText("2018-01-04T01:00:00.5Z")];
  expect(qualityOf(...texts)).toEqual(["unmatched"]);
  expect(qualityOf(tradeText("2018-01-04T00:59:59Z"), cancelText("2018-01-04T00:59:59.5Z"))).toEqual([]);
});

it("W7: past the grace of all its windows a trade is unmatched; of some, the others still change", () => {
  const past = [oneMinute, first, heartbeatText("15:02:01")];
  expect(qualityOf(...past, cancelText("15:02:01"))).toEqual(["unmatched"]);
  expect(qualityOf(oneMinute, first, heartbeatText("15:02:00.9"), cancelText("15:02:00.9"))).toEqual([]);
  const texts = [first, second, heartbeatText("15:02:01"), cancelText("15:02:01")];
  const outputs = lastOutputs(...texts);
  expect(outputs.map((output) => output.stream)).toEqual(["enriched"]);
  expect(values(outputs, "enriched")[0]?.["quality"]).toEqual([]);
  expect(published([...texts, heartbeatText("15:05:01")], "candles").at(-1)).toMatchObject({
    interval: "5m",
    volume: 50,
  });
});

it("W7: a corrected trade is found by its new id, and a cancelled one no more", () => {
  const corrected = [oneMinute, first, correctionText("15:00:20", { ci: 2 })];
  expect(qualityOf(...corrected, cancelText("15:00:30", { i: 1 }))).toEqual(["unmatched"]);
  expect(qualityOf(...corrected, cancelText("15:00:30", { i: 2 }))).toEqual([]);
  const cancelled = [oneMinute, first, cancelText("15:00:20")];
  expect(qualityOf(...cancelled, cancelText("15:00:30"))).toEqual(["unmatched"]);
  expect(qualityOf(...cancelled, correctionText("15:00:30"))).toEqual(["unmatched"]);
});

it("W7: of two trades with one id the last on the log is meant", () => {
  const again = tradeText("15:00:30", { i: 1, p: 110, s: 10 });
  expect(candleOf(first, again, cancelText("15:00:40"))).toMatchObject({ tradeClose: 100, volume: 100 });
});

it("W7: corrected conditions decide what the trade counts for from then on", () => {
  const oddLot = correctionText("15:00:50", { oi: 5, cp: 103, cs: 50, cc: ["I"] });
  expect(candleOf(first, second, oddLot)).toMatchObject({ tradeHigh: 100, volume: 150, tradeCount: 2 });
  const official = tradeText("15:00:20", { i: 5, p: 103, s: 50, c: ["M"] });
  expect(candleOf(first, official)).toMatchObject({ tradeHigh: 100, tradeCount: 1 });
  expect(candleOf(first, official, correctionText("15:00:50", { oi: 5, cp: 103 }))).toMatchObject({ tradeHigh: 103 });
});

it("W7: a correction of a trade that counts for nothing, to one that counts, gives an empty closed window revision 0", () => {
  const official = tradeText("15:00:20", { i: 1, c: ["M"] });
  const outputs = lastOutputs(oneMinute, official, closed, correctionText("15:01:02"));
  expect(values(outputs, "candles")).toMatchObject([{ revision: 0, tradeCount: 1, volume: 200 }]);
});

it("W7: an amendment that changes no value of a closed window revises none", () => {
  const same = correctionText("15:01:02", { ci: 2, cp: 100, cs: 100 });
  expect(lastOutputs(oneMinute, first, closed, same).map((output) => output.stream)).toEqual(["enriched"]);
  const official = tradeText("15:00:20", { i: 1, c: ["M"] });
  const outputs = lastOutputs(oneMinute, second, official, closed, cancelText("15:01:02"));
  expect(outputs.map((output) => output.stream)).toEqual(["enriched"]);
  expect(values(outputs, "enriched")[0]?.["quality"]).toEqual([]);
});

it("W4, W7: a late trade can be corrected like any other", () => {
  const late = tradeText("15:00:20", { i: 7, p: 120, s: 10 });
  const outputs = lastOutputs(oneMinute, first, closed, late, cancelText("15:01:02", { i: 7 }));
  expect(values(outputs, "candles")).toMatchObject([{ revision: 2, tradeHigh: 100, tradeCount: 1 }]);
});

it("W7: matching is by the exact id", () => {
  const huge = (text: string, digits: string) => text.replace(/"i":\d+/, `"i":${digits}`);
  const texts = [oneMinute, huge(first, "9007199254740993")];
  expect(qualityOf(...texts, huge(cancelText("15:00:30"), "9007199254740992"))).toEqual(["unmatched"]);
  expect(qualityOf(...texts, huge(cancelText("15:00:30"), "9007199254740993"))).toEqual([]);
});

it("W3, W7: a change of the windows' lengths settles the trades so far: they count on, and are not found", () => {
  const change = settingsText({ intervals: ["30s"] });
  const texts = [oneMinute, first, change, tradeText("15:00:20", { i: 5, p: 103 })];
  expect(qualityOf(...texts, correctionText("15:00:25"))).toEqual(["unmatched"]);
  const corrected = correctionText("15:00:25", { oi: 5, cp: 90 });
  expect(published([...texts, corrected, heartbeatText("15:02:00")], "candles")).toMatchObject([
    { interval: "30s", tradeCount: 1, tradeOpen: 90 },
    { interval: "1m", tradeCount: 1, tradeOpen: 100, tradeLow: 100 },
  ]);
  const back = [...texts, oneMinute, tradeText("15:00:22", { i: 6, p: 95 }), cancelText("15:00:25", { i: 6 })];
  expect(published([...back, heartbeatText("15:02:00")], "candles")).toMatchObject([
    { interval: "30s", tradeCount: 1, tradeOpen: 103 },
    { interval: "1m", tradeCount: 1, tradeOpen: 100, tradeLow: 100 },
  ]);
});

it("settings that name the same lengths again settle nothing", () => {
  const again = settingsText({ intervals: ["60s"], thresholdPercent: 2 });
  expect(qualityOf(oneMinute, first, again, cancelText("15:00:25"))).toEqual([]);
});
