// Keeps what it has read and how far it has come in one file, so that the two cannot disagree: each quote counts exactly once.
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { openFeed, type TopicPosition } from "../../consumer/index.ts";

interface Stored {
  readonly positions: readonly TopicPosition[];
  readonly quotesBySymbol: Record<string, number>;
}

const file = process.argv[2] ?? "counts.json";
const stored: Stored = existsSync(file)
  ? JSON.parse(await readFile(file, "utf8"))
  : { positions: [], quotesBySymbol: {} };
const { quotesBySymbol } = stored;

const feed = await openFeed();
// Partitions that no position names start at the beginning: all of them, the first time.
const quotes = feed.records({ kinds: ["quote"], from: stored.positions, commit: "manual" });
// `using`: the batch's memory is given back at the end of each round.
for await (using batch of quotes.batches()) {
  for (const record of batch.records) {
    const { symbol } = record.value;
    quotesBySymbol[symbol] = (quotesBySymbol[symbol] ?? 0) + 1;
    quotes.done(record);
  }
  await writeFile(`${file}.next`, JSON.stringify({ positions: quotes.positions(), quotesBySymbol }));
  await rename(`${file}.next`, file);
  console.log(JSON.stringify(quotesBySymbol));
}
