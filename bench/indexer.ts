import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bulkBody } from "../indexer/bulk-body.ts";
import { createIndexOf } from "../indexer/index-names.ts";
import { indexVariables, templateSettingsOf } from "../indexer/setup/config.ts";
import { templatesOf } from "../indexer/templates.ts";
import { startKafka } from "../local/kafka/start-kafka.ts";
import { startOpenSearch } from "../local/opensearch/start-opensearch.ts";
import { environment } from "../runtime/config/environment.ts";
import type { OutgoingRecord } from "../runtime/kafka/types.ts";
import { enrichedDocument, enrichedRecords } from "./enriched-records.ts";
import { benchIndexerLive } from "./indexer-live.ts";
import { type IndexerStage, indexerStage } from "./indexer-stage.ts";
import { type MeasuredProcess, startMeasured } from "./measured-process.ts";
import { report } from "./report.ts";

/** Enough that what a process spends on its start hardly counts. */
const load = { quotes: 360_000, symbols: 500 };
const warmRuns = 2;
/** Even, so that each of the two is first as often as the other: OpenSearch grows slower while it merges what the first has left. */
const rounds = 4;
/** The indexer's defaults. */
const documentsOfOne = 5000;
const requestsAtOnce = 2;
const pollEveryMs = 50;

interface Run {
  readonly documentsPerSecond: number;
  readonly cpuMicrosPerDocument: number;
  readonly memoryMegabytesMax: number;
}

/**
 * What the indexer stores of a topic that is full, beside what a bare bulk loop with the same client reaches with the same documents, turn about on
 * the same OpenSearch; then how soon quotes are found in searches at 5,000 a second. Rates are taken from OpenSearch's own count, between the first
 * and the last document of a run.
 */
export async function benchIndexer(): Promise<void> {
  const options = { environment, benchmark: true };
  const [kafka, server] = await Promise.all([startKafka(options), startOpenSearch(options)]);
  const folder = mkdtempSync(join(tmpdir(), "bellwether-indexer-"));
  try {
    const stage = indexerStage(kafka, server);
    const records = enrichedRecords(load);
    const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0) / records.length;
    report("documents: enriched quotes, mean length of the value", `${Math.round(bytes)} bytes`);
    // A cold OpenSearch becomes faster by half over the first few runs, which do not count.
    for (let run = 1; run <= warmRuns; run++) await runBare(stage, server.url, folder, `warm${run}.`, records);
    const runs = {
      bare: (round: number) => runBare(stage, server.url, folder, `bare${round}.`, records),
      own: (round: number) => runIndexer(stage, `own${round}.`, records),
    };
    const secondsOf = { bare: 0, own: 0 };
    const ratios: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const rates = { bare: 0, own: 0 };
      for (const name of round % 2 === 1 ? (["bare", "own"] as const) : (["own", "bare"] as const)) {
        const run = await runs[name](round);
        report(`round ${round}: ${name === "bare" ? "bare bulk loop" : "indexer"}`, textOf(run));
        rates[name] = run.documentsPerSecond;
        secondsOf[name] += 1 / run.documentsPerSecond;
      }
      ratios.push(rates.own / rates.bare);
    }
    const inAll = (secondsOf.bare / secondsOf.own).toFixed(2);
    report(
      "throughput, indexer to bare loop",
      `${inAll}; by round ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}`,
    );
    await benchIndexerLive(stage);
    await stage.openSearch.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await Promise.all([kafka.stop(), server.stop()]);
  }
}

async function runIndexer(stage: IndexerStage, prefix: string, records: readonly OutgoingRecord[]): Promise<Run> {
  await stage.makeTopics(prefix);
  await stage.publish(prefix, records);
  return measured(stage, prefix, stage.startIndexer(prefix), records.length);
}

async function runBare(
  stage: IndexerStage,
  url: string,
  folder: string,
  prefix: string,
  records: readonly OutgoingRecord[],
): Promise<Run> {
  await putTemplates(stage, prefix);
  const file = join(folder, "bodies");
  writeFileSync(file, bareBody(prefix, records));
  const args = [url, file, String(documentsOfOne), String(requestsAtOnce)];
  const child = startMeasured(new URL("bare-bulk.ts", import.meta.url), args, {});
  child.send("go");
  return measured(stage, prefix, child, records.length);
}

/** The documents as the indexer makes them, in one body. */
function bareBody(prefix: string, records: readonly OutgoingRecord[]): Buffer {
  const indexOf = createIndexOf(indexPrefix(prefix));
  return bulkBody(records.map((record) => enrichedDocument(record, indexOf)));
}

async function putTemplates({ openSearch }: IndexerStage, prefix: string): Promise<void> {
  const templates = templatesOf(templateSettingsOf(indexVariables.parse({ TOPIC_PREFIX: prefix })));
  const put = (path: string, body: object) => openSearch.request({ method: "PUT", path, body });
  for (const { name, body } of templates.components) await put(`/_component_template/${name}`, body);
  for (const { name, body } of templates.indices) await put(`/_index_template/${name}`, body);
}

/** Watches a run from the first document that is written to the last, and removes what it wrote. */
async function measured(stage: IndexerStage, prefix: string, child: MeasuredProcess, wanted: number): Promise<Run> {
  const look = async () => {
    child.check();
    return {
      documents: await stage.written(prefix),
      ms: performance.now(),
      cpuMicros: child.usage().cpuMicros,
    };
  };
  let first = await look();
  for (; first.documents === 0; first = await look()) await sleep(pollEveryMs);
  let last = first;
  for (; last.documents < wanted; last = await look()) await sleep(pollEveryMs);
  await child.stop();
  await stage.openSearch.request({ method: "DELETE", path: `/${indexPrefix(prefix)}quotes-2024.07.11` });
  const documents = last.documents - first.documents;
  return {
    documentsPerSecond: (documents / (last.ms - first.ms)) * 1000,
    cpuMicrosPerDocument: (last.cpuMicros - first.cpuMicros) / documents,
    memoryMegabytesMax: child.memoryBytesMax() / 2 ** 20,
  };
}

function indexPrefix(prefix: string): string {
  return prefix.replace(".", "-");
}

function textOf({ documentsPerSecond, cpuMicrosPerDocument, memoryMegabytesMax }: Run): string {
  const rate = Math.round(documentsPerSecond).toLocaleString("en-US");
  return `${rate} docs/s, ${cpuMicrosPerDocument.toFixed(1)} us CPU a document, ${memoryMegabytesMax.toFixed(0)} MB`;
}
