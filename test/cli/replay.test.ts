import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { replay } from "../../cli/replay/replay.ts";
import { nyse } from "../../domain/calendar/nyse.ts";
import { defaultSettings } from "../../domain/settings.ts";

const recordings = "../shared/recordings";
const settings = defaultSettings(nyse.version);
const out = mkdtempSync(join(tmpdir(), "bellwether-replay-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const linesOf = (folder: string, stream: string) =>
  readFileSync(join(out, folder, `${stream}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
const digest = (lines: readonly string[]) =>
  createHash("sha256")
    .update(`${lines.join("\n")}\n`)
    .digest("hex");
/** A candle without what it says of trades. */
const quoteSide = (line: string) => line.replace(/("trade(Open|High|Low|Close|Count)"|"volume"|"vwap"):[\d.]+,/g, "");

describe.skipIf(!existsSync(recordings))("replay of two real days of one stock", () => {
  it("gives the quotes and the quotes' candles that an independent implementation of the rules gave, byte for byte", async () => {
    const summary = await replay(`${recordings}/xxx-2018`, join(out, "first"), settings);
    expect(summary.enriched).toMatchObject({ quote: 94_422, trade: 77_263 });
    expect(summary.files["dead-letter.jsonl"]?.records).toBe(0);
    // The digests of what an Apache Flink job, written to the same rules for quotes, published of this recording.
    expect(digest(linesOf("first", "enriched").filter((line) => line.startsWith('{"type":"quote"')))).toBe(
      "2344115e2b69f55f7c5560576be9acbb369f2ad87b79410cd6d34ce0e59aea8f",
    );
    const quoteSides = linesOf("first", "candles").flatMap((line) =>
      line.includes('"count":') ? [quoteSide(line)] : [],
    );
    expect(quoteSides).toHaveLength(940);
    expect(digest(quoteSides)).toBe("207994b628522cf0597ffc2926357b03443e21a53a42419137d90b978987a2c9");
  });

  it("gives the same summary on every run", async () => {
    const [first, second] = await Promise.all(
      ["a", "b"].map(async (name) => {
        await replay(`${recordings}/xxx-iex-2018`, join(out, name), settings);
        return readFileSync(join(out, name, "summary.json"), "utf8");
      }),
    );
    expect(first).toBe(second);
  });

  it("C2, I2: day one has no previous close, day two has the official one of day one", async () => {
    await replay(`${recordings}/xxx-iex-2018`, join(out, "days"), settings);
    const lines = readFileSync(join(out, "days", "enriched.jsonl"), "utf8")
      .trim()
      .split("\n");
    const records = lines.map((line) => JSON.parse(line) as { eventTime: string; previousClose: number | null });
    expect(records).toHaveLength(1722 + 1694);
    for (const record of records) {
      expect(record.previousClose).toBe(record.eventTime < "2018-01-03" ? null : 157.04);
    }
  });
});

it("a replay that fails leaves no summary, not even an earlier one", async () => {
  const folder = join(out, "again");
  await replay("test/recordings/walk", folder, settings);
  const broken = join(out, "broken");
  cpSync("test/recordings/walk", broken, { recursive: true });
  writeFileSync(join(broken, "stream.jsonl.gz"), readFileSync(join(broken, "stream.jsonl.gz")).subarray(0, 20_000));
  await expect(replay(broken, folder, settings)).rejects.toMatchObject({ code: "recordingUnreadable" });
  expect(existsSync(join(folder, "summary.json"))).toBe(false);
  expect(readFileSync(join(folder, "enriched.jsonl"), "utf8").split("\n").length).toBeGreaterThan(100);
});

it("a folder that is no recording is refused with what is missing", async () => {
  await expect(replay(out, join(out, "none"), settings)).rejects.toMatchObject({ code: "recordingUnreadable" });
});
