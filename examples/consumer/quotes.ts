// Prints each new quote of two symbols. The connection is the environment's: KAFKA_BROKERS and so on.
import { openFeed } from "../../consumer/index.ts";

const feed = await openFeed();
for await (const quote of feed.quotes({ symbols: ["AAPL", "MSFT"] })) {
  console.log(quote.symbol, quote.midPrice, quote.percentChange, quote.indicator);
}
