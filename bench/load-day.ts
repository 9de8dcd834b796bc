import { bulkBody } from "../indexer/bulk-body.ts";
import type { IndexDocument } from "../indexer/document.ts";
import { indexVariables, templateSettingsOf } from "../indexer/setup/config.ts";
import { runSetup } from "../indexer/setup/run-setup.ts";
import type { OpenSearch } from "../runtime/opensearch/types.ts";
import { dayDocuments } from "./day-documents.ts";
import type { Load } from "./quotes.ts";
import { report } from "./report.ts";

/** The indexer's defaults. */
const documentsOfOne = 5000;
const requestsAtOnce = 2;
const bulkTimeoutMs = 120_000;
const tellEvery = 500_000;

/** Makes the indices as `index setup` does with its defaults, and writes a day of documents as the indexer writes them; finds them in searches. */
export async function loadDay(openSearch: OpenSearch, load: Load, gap: string): Promise<void> {
  const templates = templateSettingsOf(indexVariables.parse({}));
  const options = { templates, retainDays: null, compressAfterDays: null, nowMs: Date.now() };
  await runSetup(options, { openSearch, dashboards: null, planOnly: false, write: () => {} });
  const started = performance.now();
  const underWay = new Set<Promise<void>>();
  let waiting: IndexDocument[] = [];
  let sent = 0;
  const send = async (documents: readonly IndexDocument[]) => {
    while (underWay.size >= requestsAtOnce) await Promise.race(underWay);
    const request = write(openSearch, documents).finally(() => underWay.delete(request));
    underWay.add(request);
    sent += documents.length;
    if (Math.floor(sent / tellEvery) !== Math.floor((sent - documents.length) / tellEvery)) tell(sent, started);
  };
  for (const documents of dayDocuments(load, gap)) {
    waiting.push(...documents);
    if (waiting.length < documentsOfOne) continue;
    await send(waiting);
    waiting = [];
  }
  await send(waiting);
  await Promise.all(underWay);
  await openSearch.request({ method: "POST", path: "/market-*/_refresh", timeoutMs: bulkTimeoutMs });
  tell(sent, started);
}

async function write(openSearch: OpenSearch, documents: readonly IndexDocument[]): Promise<void> {
  const refused = (await openSearch.bulk(bulkBody(documents))).find(({ status }) => status >= 300);
  if (refused !== undefined) throw new Error(`OpenSearch refused a document: ${JSON.stringify(refused)}`);
}

function tell(sent: number, started: number): void {
  const seconds = (performance.now() - started) / 1000;
  report("loaded", `${sent.toLocaleString("en-US")} documents in ${seconds.toFixed(0)} s`);
}
