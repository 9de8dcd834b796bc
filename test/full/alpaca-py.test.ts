import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { recordingFeed } from "../../local/alpaca/recording-feed.ts";
import { openRecording } from "../../local/recording/recording.ts";
import { withStandIn } from "../local/alpaca/stand-in-under-test.ts";

const hasPython = spawnSync("python3", ["-c", "import venv, ensurepip"]).status === 0 || process.env["CI"] === "true";
const version = "0.44.0";
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "bellwether-alpaca-py-"));
const python = join(folder, "bin", "python");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Seen {
  readonly quotes: readonly unknown[][];
  readonly trades: readonly unknown[][];
  readonly [other: string]: unknown;
}

/** What alpaca-py sees of a recording, until it has that many quotes and trades. */
async function watch(name: string, quotes: number, trades: number, mode: "parsed" | "raw"): Promise<Seen> {
  const recording = await openRecording(fileURLToPath(new URL(`../recordings/${name}`, import.meta.url)));
  let seen: Seen | null = null;
  await withStandIn({ feed: recordingFeed(recording, nyse) }, async ({ streamUrl, dataUrl }) => {
    const script = fileURLToPath(new URL("alpaca-py-check.py", import.meta.url));
    const args = [script, streamUrl, dataUrl, String(quotes), String(trades), mode];
    const { stdout } = await run(python, args, { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 });
    seen = JSON.parse(stdout) as Seen;
  });
  if (seen === null) throw new Error("alpaca-py printed nothing");
  return seen;
}

async function messagesOf(name: string, type: string): Promise<Record<string, unknown>[]> {
  const recording = await openRecording(fileURLToPath(new URL(`../recordings/${name}`, import.meta.url)));
  const messages: Record<string, unknown>[] = [];
  for await (const lines of recording.lines()) messages.push(...lines.map((line) => JSON.parse(line)));
  return messages.filter(({ T }) => T === type);
}

describe.skipIf(!hasPython)(`alpaca-py ${version}, unmodified, on the stand-in (needs python3 with venv)`, () => {
  beforeAll(() => {
    execFileSync("python3", ["-m", "venv", folder], { stdio: "inherit" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", `alpaca-py==${version}`], { stdio: "inherit" });
  }, 300_000);

  it("streams every quote and trade of a feed", async () => {
    const quotes = await messagesOf("walk", "q");
    const trades = await messagesOf("walk", "t");
    const seen = await watch("walk", quotes.length, trades.length, "parsed");
    expect(seen.quotes.map(([symbol, price]) => [symbol, price])).toEqual(quotes.map(({ S, bp }) => [S, bp]));
    expect(seen.trades.map(([symbol, price]) => [symbol, price])).toEqual(trades.map(({ S, p }) => [S, p]));
  });

  it("W1: reads times to the nanosecond and ids above 2^53, and every REST endpoint that is used", async () => {
    // The quotes before the first line that cannot be read, which this client would choke on.
    const seen = await watch("rules", 26, 2, "raw");
    expect(seen.trades).toEqual([
      ["AAA", "9007199", 1_732_719_601, 0],
      ["AAA", "9007199254740993", 1_732_719_601, 1],
    ]);
    expect(seen.quotes).toContainEqual(["AAA", "", 1_732_741_199, 999_999_999]);
    expect(seen).toMatchObject({
      bars: {
        AAA: [
          ["2024-11-29T05:00:00+00:00", 101],
          ["2024-12-02T05:00:00+00:00", 101.11],
        ],
        BBB: [
          ["2024-11-29T05:00:00+00:00", 645.57],
          ["2024-12-02T05:00:00+00:00", 92],
        ],
      },
      splits: [["BBB", 7, "2024-12-02"]],
      dividends: [["AAA", 0.25]],
      calendar: [
        ["2024-11-29", "2024-11-29T09:30:00", "2024-11-29T13:00:00"],
        ["2024-12-02", "2024-12-02T09:30:00", "2024-12-02T16:00:00"],
      ],
      assets: ["AAA", "BBB"],
      refused: 403,
    });
  });
});
