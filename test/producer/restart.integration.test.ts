import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { StandIn } from "../../local/alpaca/stand-in-options.ts";
import { positionFile } from "../../producer/position-file.ts";
import { FakeSender } from "../support/fake-sender.ts";
import { feedOf, runProducer, silentLog, standIn, until } from "../support/producer-run.ts";
import { quoteLine } from "../support/raw-lines.ts";

let folder: string;
let server: StandIn;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bellwether-position-"));
  server = await standIn(
    feedOf(async function* () {
      for (;;) {
        yield [quoteLine("XXX", new Date().toISOString(), 10, 10.02)];
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }),
    { speed: 1 },
  );
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const run = (sender = new FakeSender()) =>
  runProducer(server, { heartbeats: "live", position: positionFile(folder, silentLog) }, sender);
const gapsOf = (sender: FakeSender) =>
  sender.valuesOf("gap") as { from: string; to: string; reason: string; S: null }[];
const lastQuote = (sender: FakeSender) => String(sender.valuesOf("q").at(-1)?.["t"]);

it("W9: a first start has no gap; a restart writes one, from the newest event of the run before until it is connected", async () => {
  const first = run();
  await until(() => first.metrics.get("quotes") > 20, first);
  await first.stop();
  expect(gapsOf(first.sender)).toEqual([]);

  const second = run();
  await until(() => second.metrics.get("quotes") > 0, second);
  await second.stop();
  const [gap, ...more] = gapsOf(second.sender);
  expect(more).toEqual([]);
  expect(gap).toMatchObject({ S: null, reason: "restarted" });
  expect(Date.parse(gap?.from ?? "")).toBe(Date.parse(lastQuote(first.sender)));
  expect(Date.parse(gap?.to ?? "")).toBeGreaterThan(Date.parse(gap?.from ?? ""));
  // Before anything of this run that has a time.
  const values = second.sender.values(0).map((value) => JSON.parse(value).T);
  expect(values.slice(0, 2)).toEqual(["settings", "gap"]);
});

it("W9: a run that is killed has kept what Kafka had acknowledged, and never more", async () => {
  const sender = new FakeSender();
  const killed = run(sender);
  const kept = () => readFileSync(join(folder, "position.json"), "utf8");
  const isKept = () => {
    try {
      return kept().length > 0;
    } catch {
      return false;
    }
  };
  await until(isKept, killed);
  // From here on nothing arrives: as if the process had been killed.
  let release: () => void = () => {};
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  sender.beforeSend = () => stuck;
  const received = killed.metrics.get("quotes");
  await until(() => killed.metrics.get("quotes") > received + 250, killed);
  const newest = (JSON.parse(kept()) as { newestEventTime: string }).newestEventTime;
  expect(Date.parse(newest)).toBeLessThanOrEqual(Date.parse(lastQuote(sender)));
  release();
  await killed.stop();
});

it("a file that is no position is told of, and no gap is made up", async () => {
  writeFileSync(join(folder, "position.json"), '{"newestEventTime":"yest');
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (line: string) => warnings.push(line) };
  expect(await positionFile(folder, log).read()).toBeNull();
  expect(warnings).toHaveLength(1);
  expect(await positionFile(join(folder, "none"), log).read()).toBeNull();
  expect(warnings).toHaveLength(1);
});
