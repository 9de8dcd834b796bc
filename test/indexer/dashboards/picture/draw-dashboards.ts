import { writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { nyse } from "../../../../domain/calendar/nyse.ts";
import { savedObjects } from "../../../../indexer/dashboards/saved-objects.ts";
import { Market, type MarketMessage } from "../../../../local/simulator/market.ts";
import type { OpenSearch } from "../../../../runtime/opensearch/types.ts";
import { panelRequest, panelsOf, type TimeRange } from "../panel-request.ts";
import { panelRows } from "../panel-rows.ts";
import { type RecordingLines, readRecording, recordedDocuments, type StoredValue } from "../recorded-documents.ts";
import type { LooseObject } from "../saved-object-rules.ts";
import { storeDocuments } from "../store-documents.ts";
import { pageOf, placeOf, type Shown } from "./page.ts";

/** How the picture is asked for: where it goes, and of which recording and span; by default of a day of the simulator. */
const {
  DASHBOARDS_PICTURE: file,
  DASHBOARDS_RECORDING: directory,
  DASHBOARDS_FROM: from,
  DASHBOARDS_TO: to,
} = process.env;

const symbols = ["AAPL", "AMZN", "BAC", "GE", "GOOGL", "JPM", "META", "MSFT", "NVDA", "TSLA", "WMT", "XOM"];
const day = { from: "2025-03-14T13:00:00Z", to: "2025-03-14T20:30:00Z" };

/** `DASHBOARDS_PICTURE=FILE npx vitest run test/indexer/setup` draws the dashboards into a page, to be looked at. */
export function describePicture(openSearch: () => OpenSearch): void {
  if (file === undefined) return;
  it("the dashboards are drawn, with what every panel is answered", async () => {
    const recording = directory === undefined ? simulatedDay() : await readRecording(directory);
    const range: TimeRange = { from: from ?? day.from, to: to ?? day.to };
    await storeDocuments(openSearch(), recordedDocuments(recording, "picture"));
    const objects = savedObjects("market-") as readonly LooseObject[];
    const panels = panelsOf(objects);
    const shown = new Map<string, Shown>();
    for (const { id, references } of objects.filter(({ type }) => type === "dashboard")) {
      // A user of that dashboard picks a symbol first.
      const picked = id === "bellwether-market-symbol" ? [{ match_phrase: { symbol: recording.symbols[0] } }] : [];
      const on = new Set(references.map((reference) => reference.id));
      for (const panel of panels.filter((each) => on.has(each.id))) {
        const { path, body } = panelRequest(panel, range, picked);
        const answer = await openSearch().request({ method: "POST", path, body });
        const { hits } = (answer as { hits: { hits: readonly { readonly _source: StoredValue }[] } }).hits;
        const documents = hits.map(({ _source }) => _source);
        const rows = panel.chart === "list" ? [] : panelRows(panel, answer);
        shown.set(placeOf(id, panel.id), { panel, documents, rows });
      }
    }
    const page = pageOf(objects, shown, range);
    await writeFile(file, page);
    expect(page).toContain("<svg");
  });
}

/** A day of twelve stocks, from before the open until after the close, with a gap and a few records that nobody can read. */
function simulatedDay(): RecordingLines {
  const market = new Market({
    seed: 7,
    symbols,
    calendar: nyse,
    startMs: Date.parse("2025-03-14T13:20:00Z"),
    messagesPerSecond: 1.5,
  });
  const messages: MarketMessage[] = [];
  while (market.nowMs < Date.parse(day.to)) messages.push(...market.advance());
  const lines = messages.map((message) => JSON.stringify(message));
  const gap = { T: "gap", S: "TSLA", from: "2025-03-14T15:30:00Z", to: "2025-03-14T15:34:00Z", reason: "disconnected" };
  const gapAt = lines.findIndex((line) => /"t":"2025-03-14T15:34/.test(line));
  const whole = lines.toSpliced(gapAt, 0, JSON.stringify(gap));
  return {
    symbols,
    dailyBars: market.dailyBars() as RecordingLines["dailyBars"],
    corporateActions: market.corporateActions(),
    lines: whole.flatMap((line, at) => (at % 1500 === 700 ? [line, line.slice(0, 40), "not a message"] : [line])),
  };
}
