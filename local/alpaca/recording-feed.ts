import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import type { Recording } from "../recording/recording.ts";
import { type Feed, type FeedMessage, messageOfLine } from "./feed.ts";

/** Small enough to spread parsing over time, large enough that the hand-over costs nothing. */
const batchSize = 500;

/**
 * A recording as a feed. The listing exchange is the NYSE (`N`) for every symbol, because a recording does not name it.
 * @param calendar the exchange's calendar, which a recording does not hold either
 */
export function recordingFeed(recording: Recording, calendar: TradingCalendar): Feed {
  return {
    name: recording.manifest.feed,
    symbols: recording.manifest.symbols,
    documents: {
      dailyBars: () => recording.dailyBars,
      corporateActions: () => recording.corporateActions,
      calendar,
      listingExchange: () => "N",
    },
    messages: () => messages(recording),
  };
}

async function* messages(recording: Recording): AsyncGenerator<readonly FeedMessage[]> {
  for await (const lines of recording.lines()) {
    for (let from = 0; from < lines.length; from += batchSize) {
      yield lines.slice(from, from + batchSize).map(messageOfLine);
    }
  }
}
