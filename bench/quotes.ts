import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Two sessions before the load's, so that every symbol has an official close. */
const session = { date: "2024-07-11", before: "2024-07-10", openMs: Date.parse("2024-07-11T13:30:00Z") };

export interface Load {
  readonly quotes: number;
  readonly symbols: number;
  /** The time that its quotes are spread over, in whole milliseconds. Default: a millisecond for each quote. */
  readonly spanMs?: number;
}

/** Symbols of a load: QAA, QAB, ... */
export function loadSymbols(count: number): readonly string[] {
  const letter = (n: number) => String.fromCharCode(65 + (n % 26));
  return Array.from(
    { length: count },
    (_, n) => `Q${letter(Math.floor(n / 676))}${letter(Math.floor(n / 26))}${letter(n)}`,
  );
}

/** The quotes of a load as Alpaca sends them: random walks from the same seed on every run. */
export function* quoteLines({ quotes, symbols, spanMs = quotes }: Load): Generator<string> {
  const names = loadSymbols(symbols);
  const cents = names.map((_, n) => 2000 + ((n * 7919) % 40_000));
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  for (let n = 0; n < quotes; n++) {
    const at = Math.floor(random() * names.length);
    const price = Math.max(100, (cents[at] ?? 0) + Math.round((random() - 0.5) * 6));
    cents[at] = price;
    const ask = (price + 1 + Math.floor(random() * 3)) / 100;
    const time = new Date(session.openMs + Math.floor((n * spanMs) / quotes)).toISOString().slice(0, 23);
    const nanos = String(Math.floor(random() * 1e6))
      .padStart(6, "0")
      .replace(/0+$/, "1");
    yield `{"T":"q","S":"${names[at]}","bx":"N","bp":${price / 100},"bs":${1 + (n % 9)},"ax":"Q","ap":${ask},"as":${1 + (n % 7)},"c":["R"],"z":"A","t":"${time}${nanos}Z"}`;
  }
}

/** The day before a load's for each of its symbols, as Alpaca tells it: where the walks begin. */
export function dailyBars({ symbols }: Load): Readonly<Record<string, readonly object[]>> {
  const bars = loadSymbols(symbols).map((name, n) => {
    const close = (2000 + ((n * 7919) % 40_000)) / 100;
    return [
      name,
      [{ t: `${session.before}T04:00:00Z`, o: close, h: close, l: close, c: close, v: 1000, n: 10, vw: close }],
    ];
  });
  return Object.fromEntries(bars);
}

/** Writes the load as a recording folder. */
export function writeRecording(folder: string, load: Load): void {
  mkdirSync(folder, { recursive: true });
  const symbols = loadSymbols(load.symbols);
  const files = {
    "recording.json": { feed: "sip", symbols, origin: "made by npm run bench", licence: "Apache-2.0" },
    "daily-bars.json": { bars: dailyBars(load), next_page_token: null },
    "corporate-actions.json": { corporate_actions: {}, next_page_token: null },
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  writeFileSync(join(folder, "stream.jsonl.gz"), gzipSync([...quoteLines(load), ""].join("\n"), { level: 1 }));
}
