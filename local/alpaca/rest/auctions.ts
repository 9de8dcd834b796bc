import type { DailyBar } from "../../recording/documents.ts";
import type { ReferenceDocuments } from "../feed.ts";
import { ok, type RestAnswer } from "./answer.ts";
import { dailyRows } from "./bars.ts";
import { paginate } from "./paginate.ts";
import { readLimit } from "./query.ts";

/**
 * `/v2/stocks/auctions`: each day's opening and closing auction on the listing exchange, made from the daily bar, whose `o` and `c` are the
 * official prices. `O` and `6` are the auctions' trades, `Q` and `M` the official open and close that repeat them.
 */
export function answerAuctions(query: URLSearchParams, documents: ReferenceDocuments): RestAnswer {
  const rows = dailyRows(query, documents, (symbol, date, bar) => auctionsOf(documents, symbol, date, bar));
  const page = paginate(rows, readLimit(query, 1000, 10_000), query.get("page_token"));
  return ok({ auctions: page.groups, next_page_token: page.nextPageToken });
}

/** The auctions of one day; null where the calendar has no such session. */
function auctionsOf(documents: ReferenceDocuments, symbol: string, date: string, bar: DailyBar): unknown {
  const session = documents.calendar.byDate(date);
  if (session === null) return null;
  const x = documents.listingExchange(symbol);
  const open = { p: bar.o, s: 1000, t: at(session.openSeconds), x };
  const close = { p: bar.c, s: 1000, t: at(session.closeSeconds), x };
  return {
    d: date,
    o: [
      { c: "O", ...open },
      { c: "Q", ...open },
    ],
    c: [
      { c: "6", ...close },
      { c: "M", ...close },
    ],
  };
}

/** An auction prints shortly after its hour. */
function at(epochSeconds: number): string {
  return new Date(epochSeconds * 1000 + 250).toISOString();
}
