import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openFeed } from "../../cli/up/feed.ts";
import { upOptions } from "../../cli/up/options.ts";
import { writeRecording } from "../recordings/recording-files.ts";
import { quietLog } from "../support/broker.ts";

it("a recording of documents alone has nothing to play, and is refused before a server is started", async () => {
  const directory = await mkdtemp(join(tmpdir(), "bellwether-feed-"));
  try {
    await writeRecording(directory, {
      lines: ["1"],
      manifest: { symbols: ["AAA"] },
      dailyBars: {},
      corporateActions: {},
    });
    await rm(join(directory, "stream.jsonl.gz"));
    await expect(openFeed(upOptions({ feed: directory, untilEnd: true }, {}), {}, quietLog)).rejects.toMatchObject({
      code: "recordingUnreadable",
      message: expect.stringContaining("stream.jsonl.gz"),
      remedy: expect.any(String),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

it("symbols of the environment that are none are told before a server is started", async () => {
  const environment = { SYMBOLS: "AAPL,msft" };
  await expect(openFeed(upOptions({}, environment), environment, quietLog)).rejects.toMatchObject({
    code: "badConfiguration",
    message: expect.stringContaining("SYMBOLS"),
  });
});
