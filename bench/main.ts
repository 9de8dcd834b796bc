import { enableCompileCache } from "node:module";
import { loadavg } from "node:os";
import { benchConsumer } from "./consumer.ts";
import { benchFold } from "./fold.ts";
import { benchIndexer } from "./indexer.ts";
import { benchPipeline } from "./pipeline.ts";
import { benchQueries } from "./queries.ts";
import { benchRace, benchRecovery } from "./race.ts";
import { report } from "./report.ts";
import { benchState } from "./state.ts";

// The processes that are measured start as deployed ones do, without a compiler in their memory.
enableCompileCache();

/** `npm run bench [-- fold | state | pipeline | consumer [--uncompressed] | indexer | queries [--quotes N] [--data DIR] | race TOOL [ROUNDS] | recovery TOOL]`. Machines differ and are shared: the figures to compare are the ratios to the references of the same run. */
const wanted = process.argv.slice(2);
const raceRoundsDefault = 3;
const runs = (name: string) => wanted.length === 0 || wanted.includes(name);

report(
  "load average before",
  loadavg()
    .map((load) => load.toFixed(2))
    .join(" "),
);
if (runs("fold")) benchFold();
if (runs("state")) await benchState();
if (runs("pipeline")) await benchPipeline();
if (runs("consumer")) await benchConsumer(wanted.includes("--uncompressed") ? "none" : "zstd");
if (runs("indexer")) await benchIndexer();
if (wanted[0] === "queries") await benchQueries(wanted.slice(1));
if (wanted[0] === "race") await benchRace(wanted[1] ?? "race.py", Number(wanted[2] ?? raceRoundsDefault));
if (wanted[0] === "recovery") await benchRecovery(wanted[1] ?? "race.py");
report(
  "load average after",
  loadavg()
    .map((load) => load.toFixed(2))
    .join(" "),
);
