// Reads every kind, and says what a careful reader wants to know: holes, lateness, lag, silence, trouble on the way.
import { openFeed, PipelineError } from "../../consumer/index.ts";

const feed = await openFeed();
const records = feed.records({
  from: "beginning",
  onGap: ({ symbol, from, to, reason }) => console.log(`gap of ${symbol ?? "all symbols"} ${from} to ${to}: ${reason}`),
  behindLimit: { behindMs: 5000 },
  onLag: ({ isBehind, records, behindMs }) =>
    console.log(isBehind ? `behind: ${records} records, ${behindMs} ms` : "caught up"),
  staleAfterMs: 30_000,
  onStale: ({ isStale, reason, silentMs }) =>
    console.log(isStale ? `stale: ${reason} for ${silentMs} ms` : "no longer stale"),
  onNotice: (notice) => console.log(`notice: ${notice.kind}`),
});
try {
  for await (const record of records) {
    switch (record.kind) {
      case "quote":
      case "trade": {
        const lateness = record.value.quality?.includes("late") === true ? " (late)" : "";
        console.log(`${record.kind} ${record.value.symbol} ${record.value.eventTime}${lateness}`);
        break;
      }
      case "candle":
        console.log(
          `candle ${record.value.symbol} ${record.value.start} ${record.value.incomplete ? "incomplete" : ""}`,
        );
        break;
      case "alert":
        console.log(`alert ${record.value.symbol} ${record.value.from} -> ${record.value.to}`);
        break;
      default:
        // Kinds may be added: pass over those that you do not know.
        console.log(record.kind);
    }
  }
} catch (error) {
  if (!(error instanceof PipelineError)) throw error;
  console.error(`${error.code}: ${error.line}`);
  process.exitCode = 1;
}
