import { newYorkDate } from "../../../domain/calendar/new-york.ts";
import type { DailyBar } from "../../recording/documents.ts";
import type { ReferenceDocuments } from "../feed.ts";
import { ok, type RestAnswer, RestRefusal } from "./answer.ts";
import { paginate, type Row } from "./paginate.ts";
import { isWithin, readDescending, readLimit, readSpan, requireSymbols } from "./query.ts";
import { splitAdjusted } from "./split-adjustment.ts";

/** `/v2/stocks/bars`: daily bars, raw or adjusted for splits. @throws RestRefusal 400 for what the stand-in does not have */
export function answerBars(query: URLSearchParams, documents: ReferenceDocuments): RestAnswer {
  const timeframe = query.get("timeframe") ?? "";
  if (!/^1(Day|D)$/i.test(timeframe)) throw new RestRefusal(400, `invalid timeframe: ${timeframe} (only 1Day is here)`);
  const adjustment = query.get("adjustment") ?? "raw";
  if (adjustment !== "raw" && adjustment !== "split") {
    throw new RestRefusal(400, `invalid adjustment: ${adjustment} (only raw and split are here)`);
  }
  const adjust = adjustment === "raw" ? null : splitAdjusted(documents.corporateActions());
  const rows = dailyRows(query, documents, (symbol, date, bar) => (adjust === null ? bar : adjust(symbol, date, bar)));
  const page = paginate(rows, readLimit(query, 1000, 10_000), query.get("page_token"));
  return ok({ bars: page.groups, next_page_token: page.nextPageToken });
}

/** The daily bars that a request names, one row each, by symbol and then by time. */
export function dailyRows(
  query: URLSearchParams,
  documents: ReferenceDocuments,
  rowValue: (symbol: string, date: string, bar: DailyBar) => unknown,
): readonly Row[] {
  const span = readSpan(query);
  const descending = readDescending(query);
  const bars = documents.dailyBars();
  const rows: Row[] = [];
  for (const symbol of [...requireSymbols(query)].sort()) {
    const ofSymbol: Row[] = [];
    for (const bar of bars[symbol] ?? []) {
      const beginMs = Date.parse(bar.t);
      const date = newYorkDate(beginMs / 1000);
      if (!isWithin(span, date, beginMs)) continue;
      const value = rowValue(symbol, date, bar);
      if (value !== null) ofSymbol.push({ group: symbol, key: bar.t, value });
    }
    rows.push(...(descending ? ofSymbol.reverse() : ofSymbol));
  }
  return rows;
}
