import { nyse } from "../../domain/calendar/nyse.ts";
import { Market, type MarketMessage } from "../../local/simulator/market.ts";
import type { RecordingFiles } from "./recording-files.ts";

const seed = 20_241_205;
const symbols = ["AAPL", "BAC", "GE", "MSFT", "TSLA"];
const messagesPerSecond = 10;
const barsKept = 6;
/** Two minutes around the close of one session and two around the open of the next, in which one of the stocks splits. */
const spans = [
  ["2024-12-05T20:59:00Z", "2024-12-05T21:01:00Z"],
  ["2024-12-06T14:29:00Z", "2024-12-06T14:31:00Z"],
] as const;

/** A few thousand messages of the simulator: what an ordinary feed looks like, auctions and corrections included. */
export function walkRecording(): RecordingFiles {
  const market = new Market({ seed, symbols, calendar: nyse, startMs: Date.parse(spans[0][0]), messagesPerSecond });
  const messages: MarketMessage[] = [];
  for (const [from, to] of spans) {
    market.skipTo(Date.parse(from));
    while (market.nowMs < Date.parse(to)) messages.push(...market.advance());
  }
  const { forward_splits: forward = [], reverse_splits: reverse = [] } = market.corporateActions();
  const exDates = new Set(["2024-12-05", "2024-12-06"]);
  return {
    lines: messages.map((message) => JSON.stringify(message)),
    manifest: {
      feed: "sip",
      symbols,
      note: "Two minutes before and after a close, and two around the next open; one stock splits in between",
      origin: `Made by this project's market simulator, seed ${seed} (test/recordings/make.ts)`,
      licence: "Apache-2.0",
    },
    dailyBars: Object.fromEntries(
      Object.entries(market.dailyBars()).map(([symbol, bars]) => [symbol, bars.slice(-barsKept)]),
    ),
    corporateActions: {
      forward_splits: forward.filter((split) => exDates.has(split.ex_date ?? "")),
      reverse_splits: reverse.filter((split) => exDates.has(split.ex_date ?? "")),
    },
  };
}
