import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { startOpenSearch } from "../local/opensearch/start-opensearch.ts";
import { environment } from "../runtime/config/environment.ts";
import { createOpenSearch } from "../runtime/opensearch/client.ts";
import type { OpenSearch } from "../runtime/opensearch/types.ts";
import { consoleRequest, exampleNames, exampleText } from "./console-request.ts";
import { loadDay } from "./load-day.ts";
import { loadSymbols } from "./quotes.ts";
import { report } from "./report.ts";

const symbols = 500;
const sessionMs = 6.5 * 3_600_000;
const warmUps = 5;
const runs = 20;
const gap = '{"T":"gap","S":"QAAA","from":"2024-07-11T14:29:30Z","to":"2024-07-11T14:29:40Z","reason":"disconnected"}';

/** What the examples say of their recording, and what is said instead of the load: its day, its hours of summer, and its last half hour. */
const replacements = [
  ["2024.12.06", "2024.07.11"],
  ["2024-12-06", "2024-07-11"],
  ["T14:00:00Z", "T13:00:00Z"],
  ["T14:01:00Z", "T19:30:00Z"],
  ["T14:31:00Z", "T20:00:00Z"],
  ["T21:00:00Z", "T20:00:00Z"],
] as const;

/**
 * How long the example queries take on a day of quotes, from the request to its parsed answer: `npm run bench -- queries [--quotes N] [--data DIR]`.
 * What is asked of one symbol is asked of another in each run, and nothing is answered from the request cache. With `--data` the day is kept, and a
 * second run finds it there.
 */
export async function benchQueries(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { quotes: { type: "string", default: "5000000" }, data: { type: "string" } },
  });
  const load = { quotes: Number(values.quotes), symbols, spanMs: sessionMs };
  const server = await startOpenSearch({ environment, benchmark: true, dataFolder: values.data });
  const openSearch = createOpenSearch({ url: server.url, basicAuth: null, ca: undefined });
  try {
    if ((await stored(openSearch)) !== load.quotes) await loadDay(openSearch, load, gap);
    await reportIndices(openSearch);
    for (const name of exampleNames()) report(name, await measured(openSearch, name));
  } finally {
    await openSearch.close();
    await server.stop();
  }
}

async function measured(openSearch: OpenSearch, name: string): Promise<string> {
  const names = loadSymbols(symbols);
  const timesMs: number[] = [];
  let size = "";
  for (let run = -warmUps; run < runs; run++) {
    const pairs = [...replacements, ["TSLA", names[(run + warmUps) * 19] ?? ""] as const];
    const text = pairs.reduce((whole, [from, to]) => whole.replaceAll(from, to), exampleText(name));
    const request = { ...consoleRequest(text), query: { request_cache: "false" } };
    const started = performance.now();
    const answer = (await openSearch.request(request)) as Answer;
    if (run >= 0) timesMs.push(performance.now() - started);
    const groups = Object.values(answer.aggregations ?? {})[0]?.buckets;
    size = groups === undefined ? `${answer.hits.hits.length} documents` : `${groups.length} groups`;
  }
  timesMs.sort((a, b) => a - b);
  const at = (percent: number) => `${(timesMs[Math.ceil((percent / 100) * runs) - 1] ?? 0).toFixed(0)} ms`;
  return `p50 ${at(50)}, p99 ${at(99)}, ${size}`;
}

interface Answer {
  readonly hits: { readonly hits: readonly object[] };
  readonly aggregations?: Readonly<Record<string, { readonly buckets: readonly object[] }>>;
}

async function stored(openSearch: OpenSearch): Promise<number> {
  const answer = await openSearch.request({ method: "GET", path: "/market-quotes-*/_count" });
  return (answer as { readonly count: number }).count;
}

async function reportIndices(openSearch: OpenSearch): Promise<void> {
  report("cores", String(cpus().length));
  const { indices } = (await openSearch.request({
    method: "GET",
    path: "/market-*/_stats/docs,store,segments",
  })) as Stats;
  for (const [name, { primaries }] of Object.entries(indices)) {
    const { docs, store, segments } = primaries;
    const megabytes = Math.round(store.size_in_bytes / 2 ** 20);
    report(name, `${docs.count.toLocaleString("en-US")} documents, ${megabytes} MB, ${segments.count} segments`);
  }
}

interface Stats {
  readonly indices: Readonly<
    Record<
      string,
      {
        readonly primaries: {
          readonly docs: { readonly count: number };
          readonly store: { readonly size_in_bytes: number };
          readonly segments: { readonly count: number };
        };
      }
    >
  >;
}
