import { fileURLToPath } from "node:url";
import { marketData, streaming, trading } from "@alpacahq/alpaca-trade-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { recordingFeed } from "../../../local/alpaca/recording-feed.ts";
import type { StandIn, StandInOptions } from "../../../local/alpaca/stand-in-options.ts";
import { openRecording } from "../../../local/recording/recording.ts";
import { feedOf, quoteLines, withStandIn } from "./stand-in-under-test.ts";

const credentials = { keyId: "key", secret: "secret" };
const streams: streaming.StockDataStream[] = [];

function stream(standIn: StandIn, change: Partial<streaming.MarketDataStreamOptions> = {}): streaming.StockDataStream {
  const made = new streaming.StockDataStream({ url: standIn.streamUrl, credentials, ...change });
  streams.push(made);
  return made;
}

afterEach(() => {
  for (const made of streams.splice(0)) made.disconnect();
});

const withRules = async (use: (standIn: StandIn) => Promise<void>, change: Partial<StandInOptions> = {}) => {
  const recording = await openRecording(fileURLToPath(new URL("../../recordings/rules", import.meta.url)));
  await withStandIn({ feed: recordingFeed(recording, nyse), ...change }, use);
};

describe("the official JavaScript client, unmodified, on the stand-in's stream", () => {
  it("W1: gets quotes and trades, times to the nanosecond and ids to the digit", () =>
    withRules(async (standIn) => {
      const client = stream(standIn);
      const quotes: streaming.StreamQuote[] = [];
      const trades: streaming.StreamTrade[] = [];
      client.onQuote((quote) => quotes.push(quote));
      client.onTrade((trade) => trades.push(trade));
      client.subscribeForQuotes(["AAA", "BBB"]);
      client.subscribeForTrades(["AAA"]);
      client.connect();
      expect((await client.whenAuthenticated()).authenticated).toBe(true);
      await standIn.finished;

      expect(trades.map((trade) => [trade.idRaw, trade.price, trade.timestampRaw])).toEqual([
        ["9007199", 100, "2024-11-27T15:00:01.000000000Z"],
        ["9007199254740993", 100.005, "2024-11-27T15:00:01.000000001Z"],
      ]);
      expect(quotes[0]).toMatchObject({ symbol: "AAA", bidPrice: 99.99, askPrice: 100.01, askSize: 5, tape: "A" });
      expect(quotes.map(({ timestampRaw }) => timestampRaw)).toContain("2024-11-27T20:59:59.999999999Z");
    }));

  it("learns that its key is wrong, and stops", () =>
    withStandIn({ feed: feedOf([]) }, async (standIn) => {
      const client = stream(standIn, { credentials: { keyId: "key", secret: "wrong" } });
      client.connect();
      expect(await client.whenAuthenticated()).toMatchObject({ authenticated: false, code: 402 });
    }));

  it("is told of too many symbols, and of a taken connection", () =>
    withStandIn({ feed: feedOf([]), symbolLimit: 1 }, async (standIn) => {
      const first = stream(standIn);
      const tooMany = new Promise((resolve) => first.onError(resolve));
      first.subscribeForQuotes(["AAA", "BBB"]);
      first.connect();
      expect(await tooMany).toBe("symbol limit exceeded");
      const second = stream(standIn, { reconnect: false });
      const taken = new Promise((resolve) => second.onError(resolve));
      second.connect();
      expect(await taken).toBe("connection limit exceeded");
    }));

  it("comes back after a drop with its subscriptions, and loses nothing of what had not been sent", () =>
    withStandIn({ feed: feedOf(quoteLines(30_000), 100) }, async (standIn) => {
      const client = stream(standIn, { initialReconnectMs: 5, reconnectJitter: 0 });
      let received = 0;
      let newest = "";
      client.onQuote((quote) => {
        received += 1;
        newest = quote.timestampRaw ?? "";
      });
      client.subscribeForQuotes(["AAA"]);
      client.connect();
      await expect.poll(() => received, { interval: 1, timeout: 20_000 }).toBeGreaterThan(0);
      standIn.faults.dropConnections();
      const { sent } = standIn.stats();
      const before = received;
      await standIn.finished;
      expect(newest).toBe("2024-11-29T22:49:59.000000000Z");
      expect(received).toBeGreaterThanOrEqual(before + 30_000 - sent);
    }));
});

describe("the official JavaScript client, unmodified, on the stand-in's REST", () => {
  let dataConfiguration: marketData.Configuration;
  let tradingConfiguration: trading.Configuration;
  let standIn: StandIn;
  let done: () => void;

  beforeEach(async () => {
    await new Promise<void>((ready) => {
      void withRules((started) => {
        standIn = started;
        ready();
        return new Promise<void>((resolve) => {
          done = resolve;
        });
      });
    });
    dataConfiguration = new marketData.Configuration({ basePath: standIn.dataUrl, ...credentials });
    tradingConfiguration = new trading.Configuration({ basePath: standIn.tradingUrl, ...credentials });
  });
  afterEach(() => done());

  it("C2: reads daily bars and auctions", async () => {
    const api = new marketData.StockApi(dataConfiguration);
    const span = { symbols: "AAA,BBB", start: new Date("2024-11-29"), end: new Date("2024-11-30") };
    const { bars } = await api.stockBars({ ...span, timeframe: "1Day", adjustment: "raw", limit: 10_000 });
    expect([bars["AAA"]?.[0]?.c, bars["BBB"]?.[0]?.c]).toEqual([101, 645.57]);
    const { auctions } = await api.stockAuctions(span);
    expect(auctions["BBB"]?.[0]).toMatchObject({ d: "2024-11-29", c: [{ c: "6" }, { c: "M", p: 645.57, x: "N" }] });
  });

  it("C3: reads corporate actions", async () => {
    const api = new marketData.CorporateActionsApi(dataConfiguration);
    const { corporateActions } = await api.corporateActions({ symbols: "BBB", types: "forward_split" });
    expect(corporateActions.forwardSplits).toMatchObject([{ symbol: "BBB", newRate: 7, oldRate: 1 }]);
  });

  it("C1: reads the calendar, the clock and an asset", async () => {
    const span = { start: new Date("2024-11-28"), end: new Date("2024-11-30") };
    expect(await new trading.CalendarApi(tradingConfiguration).legacyCalendar(span)).toMatchObject([
      { close: "13:00" },
    ]);
    expect(await new trading.ClockApi(tradingConfiguration).legacyClock()).toHaveProperty("isOpen");
    const assets = new trading.AssetsApi(tradingConfiguration);
    expect(await assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: "AAA" })).toMatchObject({ symbol: "AAA" });
  });

  it("learns of a wrong key and of an unknown symbol", async () => {
    const wrong = new trading.Configuration({ basePath: standIn.tradingUrl, keyId: "key", secret: "wrong" });
    await expect(new trading.ClockApi(wrong).legacyClock()).rejects.toMatchObject({ status: 403 });
    const assets = new trading.AssetsApi(tradingConfiguration);
    await expect(assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: "NOPE" })).rejects.toMatchObject({ status: 404 });
  });
});
