// Handles each closed candle at least once, over restarts: the group remembers what was handled. Ctrl-C ends it in good order.
import { openFeed } from "../../consumer/index.ts";

const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());

const feed = await openFeed();
const candles = feed.candles({
  group: "candles",
  from: "beginning",
  // Columns that a product leaves out are refused at once, and their types are certain.
  columns: ["percentChange", "indicator"],
  signal: stopping.signal,
});
await candles.each(async ({ symbol, interval, start, revision, close, percentChange, indicator }) => {
  // Should this fail, the stream ends with its error, and the candle comes again at the next start.
  await store(`${symbol} ${interval} ${start} revision ${revision}: ${close} (${percentChange}) ${indicator}`);
});

async function store(line: string): Promise<void> {
  console.log(line);
}
