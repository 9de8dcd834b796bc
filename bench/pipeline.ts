import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Summary } from "../cli/up/summary.ts";
import { benchReference } from "./kafka-reference.ts";
import { writeRecording } from "./quotes.ts";
import { report } from "./report.ts";

const load = { quotes: 400_000, symbols: 500 };
const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));

/**
 * What the whole local pipeline takes at full speed, socket to acknowledged enriched record, without and with the indexer;
 * beside it what Kafka's own producer tool takes of records as large as the enriched ones, on the same kind of broker.
 */
export async function benchPipeline(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-bench-"));
  try {
    writeRecording(folder, load);
    const reference = await benchReference();
    report("reference: Kafka's ProducerPerformance, 650 bytes", `${count(reference)} records/s`);
    const alone = await runOnce(folder, ["--no-index"]);
    report(
      "pipeline, indexer out",
      `${count(alone.quotesPerSecond)} quotes/s (${(alone.quotesPerSecond / reference).toFixed(2)} of the reference)`,
    );
    const indexed = await runOnce(folder, []);
    report(
      "pipeline, indexer running",
      `${count(indexed.quotesPerSecond)} quotes/s enriched; all indexed after ${indexed.seconds} s in all`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One whole run of `bellwether up`; its last line is the summary. */
async function runOnce(folder: string, more: readonly string[]): Promise<Summary> {
  const args = [main, "up", "--feed", folder, "--speed", "max", "--until-end", "--json", "--benchmark", ...more];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`bellwether up ended with exit code ${code}`);
  const summary = JSON.parse(output.trim().split("\n").at(-1) ?? "") as Summary;
  if (summary.enriched.quotes !== load.quotes)
    throw new Error(`${summary.enriched.quotes} of ${load.quotes} quotes were enriched`);
  return summary;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
