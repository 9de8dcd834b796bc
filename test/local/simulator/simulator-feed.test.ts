import { describe, expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import type { Feed, FeedMessage } from "../../../local/alpaca/feed.ts";
import { defaultSymbols } from "../../../local/simulator/listing.ts";
import { lastSessionMorningMs, simulatorFeed } from "../../../local/simulator/simulator-feed.ts";

const startMs = Date.parse("2024-12-03T15:00:00Z");
const options = { seed: 3, calendar: nyse, startMs };

async function take(feed: Feed, count: number, onBatch: () => void = () => undefined): Promise<FeedMessage[]> {
  const messages: FeedMessage[] = [];
  for await (const batch of feed.messages()) {
    messages.push(...batch);
    onBatch();
    if (messages.length >= count) break;
  }
  return messages;
}

describe("the simulator as a feed", () => {
  it("has the well-known stocks unless it is told others, `*` included", () => {
    expect(simulatorFeed(options).symbols).toEqual(defaultSymbols);
    expect(simulatorFeed({ ...options, symbols: ["*", "ZZZ"] }).symbols).toEqual([...defaultSymbols, "ZZZ"]);
    expect(simulatorFeed({ ...options, symbols: ["ZZZ", "ZZZ"] }).symbols).toEqual(["ZZZ"]);
  });

  it("is the same for the same seed, with times that start where it was told to", async () => {
    const once = await take(simulatorFeed(options), 1000);
    expect(await take(simulatorFeed(options), 1000)).toEqual(once);
    expect(once[0]?.eventTimeMs).toBeGreaterThanOrEqual(startMs);
    expect(once[0]?.eventTimeMs).toBeLessThan(startMs + 1000);
  });

  it("beside the wall clock goes on from now after time that nobody played", async () => {
    let wallMs = startMs;
    const feed = simulatorFeed({ ...options, followClock: () => wallMs });
    const messages = await take(feed, 2000, () => {
      if (wallMs === startMs) wallMs = startMs + 3 * 86_400_000;
    });
    const times = messages.map(({ eventTimeMs }) => eventTimeMs ?? 0);
    expect(times[0]).toBeLessThan(startMs + 1000);
    expect(Math.max(...times)).toBeGreaterThan(wallMs - 200);
    // The closes of the days between are there.
    const dates = feed.documents.dailyBars()["AAPL"]?.map(({ t }) => t.slice(0, 10));
    expect(dates?.slice(-3)).toEqual(["2024-12-03", "2024-12-04", "2024-12-05"]);
  });

  it("accelerated starts before the open of the last session that is over", () => {
    const at = (now: string) => new Date(lastSessionMorningMs(nyse, Date.parse(now))).toISOString();
    expect(at("2024-12-08T12:00:00Z")).toBe("2024-12-06T14:29:00.000Z");
    expect(at("2024-12-06T20:59:59Z")).toBe("2024-12-05T14:29:00.000Z");
  });
});
