import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
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

describe.skipIf(!existsSync(recordings))("replay of two real days of one stock", () => {
  it("gives the values that an independent implementation of the rules gave, byte for byte", async () => {
    const summary = await replay(`${recordings}/xxx-2018`, join(out, "first"), settings);
    // The digests of what an Apache Flink job, written to the same rules, published of this recording.
    expect(summary.files["enriched.jsonl"]).toEqual({
      records: 94_422,
      sha256: "2344115e2b69f55f7c5560576be9acbb369f2ad87b79410cd6d34ce0e59aea8f",
    });
    expect(summary.files["candles.jsonl"]).toEqual({
      records: 940,
      sha256: "207994b628522cf0597ffc2926357b03443e21a53a42419137d90b978987a2c9",
    });
    expect(summary.files["dead-letter.jsonl"]?.records).toBe(0);
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
    const quotes = lines.map((line) => JSON.parse(line) as { eventTime: string; previousClose: number | null });
    expect(quotes).toHaveLength(1722);
    for (const quote of quotes) {
      expect(quote.previousClose).toBe(quote.eventTime < "2018-01-03" ? null : 157.04);
    }
  });
});

it("a folder that is no recording is refused with what is missing", async () => {
  await expect(replay(out, join(out, "none"), settings)).rejects.toMatchObject({ code: "recordingUnreadable" });
});
