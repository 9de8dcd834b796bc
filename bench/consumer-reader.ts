import { connectionFromEnvironment, openFeed } from "../consumer/index.ts";

/**
 * One run of the library in a process of its own, as a customer's program is: `batches` and `values` read so many quotes from the beginning,
 * `latency` so many from now on. Prints one JSON object. For `npm run bench -- consumer`.
 */
export interface ReaderResult {
  readonly records: number;
  /** From the first call to the last record, connecting and joining the group included. */
  readonly seconds: number;
  /** From the first record to the last. */
  readonly readSeconds: number;
  readonly memoryMegabytesMax: number;
  readonly cpuMicrosPerRecord: number;
  /** In turn: a quote's number, and when the caller had it, milliseconds since the epoch. */
  readonly times: readonly number[];
}

const [mode = "batches", count = "1000"] = process.argv.slice(2);
const wanted = Number(count);
let memoryMax = 0;
const sampling = setInterval(() => {
  memoryMax = Math.max(memoryMax, process.memoryUsage.rss());
}, 20);

const feed = await openFeed({ connection: await connectionFromEnvironment() });
const from = mode === "latency" ? "latest" : "beginning";
const started = performance.now();
let firstMs = 0;
let records = 0;
/** Flat, so that what is measured is the library's memory and not this list's. */
const times = new Float64Array(mode === "latency" ? 2 * wanted : 0);
const quotes = feed.quotes({ from });
if (mode === "latency") {
  for await (const { bidSize = 0 } of quotes) {
    times[2 * records] = bidSize;
    times[2 * records + 1] = performance.timeOrigin + performance.now();
    if (++records >= wanted) break;
  }
} else if (mode === "values") {
  for await (const { midPrice } of quotes) {
    if (firstMs === 0) firstMs = performance.now();
    if (typeof midPrice === "number") records++;
    if (records >= wanted) break;
  }
} else {
  for await (using batch of quotes.batches()) {
    if (firstMs === 0) firstMs = performance.now();
    records += batch.records.length;
    if (records >= wanted) break;
  }
}
const endedMs = performance.now();
clearInterval(sampling);
const { user, system } = process.cpuUsage();
await feed.close();
const result: ReaderResult = {
  records,
  seconds: (endedMs - started) / 1000,
  readSeconds: (endedMs - firstMs) / 1000,
  memoryMegabytesMax: memoryMax / 2 ** 20,
  cpuMicrosPerRecord: (user + system) / records,
  times: [...times],
};
process.stdout.write(`${JSON.stringify(result)}\n`);
