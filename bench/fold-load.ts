import { foldRecording } from "../cli/replay/fold-recording.ts";
import { nyse } from "../domain/calendar/nyse.ts";
import { noCorporateActions } from "../domain/references/corporate-actions.ts";
import { OfficialCloses } from "../domain/references/official-closes.ts";
import { defaultSettings } from "../domain/settings.ts";
import { defaultPartitions } from "../domain/topics.ts";
import { type Load, loadSymbols } from "./quotes.ts";

type FoldOptions = Parameters<typeof foldRecording>[0];

/** The enricher's fold with its defaults, for the lines of a load. */
export function foldLoad(
  load: Load,
  onOutput: FoldOptions["onOutput"],
  closes = new OfficialCloses(),
): ReturnType<typeof foldRecording> {
  return foldRecording({
    settings: defaultSettings(nyse.version),
    references: { closes, actions: noCorporateActions, calendar: nyse, adjustDividends: false },
    symbols: loadSymbols(load.symbols),
    partitions: defaultPartitions,
    onOutput,
  });
}
