import { nyse } from "../../../domain/calendar/nyse.ts";
import { type Feed, type FeedMessage, messageOfLine } from "../../../local/alpaca/feed.ts";
import { startAlpacaStandIn } from "../../../local/alpaca/stand-in.ts";
import type { StandIn, StandInOptions } from "../../../local/alpaca/stand-in-options.ts";
import type { Log } from "../../../runtime/log/log.ts";

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** How a stream is closed that was played to its end. */
export const endOfRecording = { code: 1000, reason: "end of recording" };

/** A feed of the given lines, in batches of the given size. */
export function feedOf(lines: readonly string[], batchSize = 500): Feed {
  return {
    name: "sip",
    symbols: ["AAA", "BBB"],
    documents: {
      dailyBars: () => ({}),
      corporateActions: () => ({}),
      calendar: nyse,
      listingExchange: () => "N",
    },
    async *messages(): AsyncGenerator<readonly FeedMessage[]> {
      for (let from = 0; from < lines.length; from += batchSize) {
        yield lines.slice(from, from + batchSize).map(messageOfLine);
      }
    },
  };
}

/** Runs a test with a stand-in, and stops it after. */
export async function withStandIn(
  options: Partial<StandInOptions> & { readonly feed: Feed },
  use: (standIn: StandIn) => Promise<void>,
): Promise<void> {
  const standIn = await startAlpacaStandIn({
    keyId: "key",
    secretKey: "secret",
    speed: "max",
    log: silent,
    now: Date.now,
    ...options,
  });
  try {
    await use(standIn);
  } finally {
    await standIn.close();
  }
}

/** Usable quotes, one a second from a session's open on. */
export function quoteLines(count: number, symbol = "AAA"): string[] {
  const firstMs = Date.parse("2024-11-29T14:30:00Z");
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      T: "q",
      S: symbol,
      bx: "N",
      bp: 100,
      bs: index % 9,
      ax: "Q",
      ap: 100.01,
      as: 1,
      c: ["R"],
      t: new Date(firstMs + index * 1000).toISOString(),
      z: "A",
    }),
  );
}
