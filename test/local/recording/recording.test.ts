import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PipelineError } from "../../../domain/errors.ts";
import { openRecording } from "../../../local/recording/recording.ts";
import { writeRecording } from "../../recordings/recording-files.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "bellwether-recording-"));
  await writeRecording(directory, {
    lines: ["1", "2"],
    manifest: { symbols: ["AAA"], feed: "iex", origin: "a test" },
    dailyBars: { AAA: [{ t: "2018-01-02T05:00:00Z", o: 1, h: 2, l: 1, c: 2, v: 10, n: 1, vw: 1.5 }] },
    corporateActions: { forward_splits: [] },
  });
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const stream = () => join(directory, "stream.jsonl.gz");

/** What could be read, and the error after it. */
async function readAll(): Promise<{ lines: string[]; error: PipelineError | null }> {
  const lines: string[] = [];
  try {
    for await (const batch of (await openRecording(directory)).lines()) lines.push(...batch);
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError);
    return { lines, error: error as PipelineError };
  }
  return { lines, error: null };
}

describe("the stream of a recording", () => {
  it("gives its lines in order, to the byte, however they are cut into batches", async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `{"n":${index},"text":"é ☃ ${"x".repeat(index % 97)}"}`);
    await writeFile(stream(), gzipSync(lines.join("\n")));
    expect(await readAll()).toEqual({ lines, error: null });
  });

  it("keeps empty lines and carriage returns, which are for the reader to judge", async () => {
    await writeFile(stream(), gzipSync("a\n\nb\r\n"));
    expect((await readAll()).lines).toEqual(["a", "", "b\r"]);
  });

  it("gives what can be read of a truncated file, then says so", async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${Math.sin(index)}`);
    const whole = gzipSync(lines.join("\n"));
    await writeFile(stream(), whole.subarray(0, Math.floor(whole.length / 2)));
    const { lines: read, error } = await readAll();
    expect(read.length).toBeGreaterThan(8000);
    expect(read).toEqual(lines.slice(0, read.length));
    expect(error?.code).toBe("recordingUnreadable");
    expect(error?.message).toBe(`${stream()} is truncated.`);
  });

  it.each([
    ["missing", null, "does not exist"],
    ["not gzip", Buffer.from('{"T":"q"}\n'), "is not gzip"],
    ["empty", Buffer.alloc(0), "holds no lines"],
    ["without a line", gzipSync(""), "holds no lines"],
    ["damaged", damaged(), "is damaged"],
  ])("is refused where it is %s", async (_, bytes, reason) => {
    if (bytes === null) await rm(stream());
    else await writeFile(stream(), bytes);
    const { error } = await readAll();
    expect(error?.code).toBe("recordingUnreadable");
    expect(error?.message).toContain(`${stream()} ${reason}`);
    expect(error?.remedy).toBeDefined();
  });

  it("can be left early and read again from the start", async () => {
    const recording = await openRecording(directory);
    for await (const _ of recording.lines()) break;
    const again: string[] = [];
    for await (const batch of recording.lines()) again.push(...batch);
    expect(again).toEqual(["1", "2"]);
  });
});

describe("the documents of a recording", () => {
  it("are parsed, with every further field kept", async () => {
    const recording = await openRecording(directory);
    expect(recording.manifest).toEqual({ symbols: ["AAA"], feed: "iex", origin: "a test" });
    expect(recording.dailyBars["AAA"]?.[0]?.c).toBe(2);
  });

  it("name all their faults at once", async () => {
    await rm(join(directory, "corporate-actions.json"));
    await writeFile(join(directory, "recording.json"), '{"symbols":[],"feed":"nasdaq"}');
    await writeFile(join(directory, "daily-bars.json"), "{");
    const error = await openRecording(directory).catch((fault: unknown) => fault);
    expect(error).toMatchObject({ code: "recordingUnreadable" });
    const { message } = error as PipelineError;
    for (const part of [
      "corporate-actions.json is missing",
      "daily-bars.json is not JSON",
      "recording.json: symbols",
      "recording.json: feed",
    ]) {
      expect(message).toContain(part);
    }
  });

  it("are refused where a daily bar has no close", async () => {
    await writeFile(
      join(directory, "daily-bars.json"),
      '{"bars":{"AAA":[{"t":"2018-01-02T05:00:00Z","o":1,"h":1,"l":1,"v":1}]}}',
    );
    await expect(openRecording(directory)).rejects.toThrow("daily-bars.json: bars.AAA.0.c");
  });
});

function damaged(): Buffer {
  const bytes = gzipSync(Array.from({ length: 5000 }, (_, index) => `line ${Math.cos(index)}`).join("\n"));
  bytes.fill(0xff, 2000, 2100);
  return bytes;
}
