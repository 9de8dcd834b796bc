import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { stageHeapMb } from "../../runtime/config/stage-heap.ts";

const command = fileURLToPath(new URL("../../bellwether.mjs", import.meta.url));
/** Writes the limit of the old generation of each process that is started, MiB. */
const report =
  "data:text/javascript,import{getHeapStatistics}from'node:v8';console.error('limit',Math.round(getHeapStatistics().heap_size_limit/2**20))";

function heapLimits(args: readonly string[], nodeOptions: string): number[] {
  const { stderr, status } = spawnSync(process.execPath, [command, ...args], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: `--import=${report} ${nodeOptions}` },
  });
  expect(status, stderr).toBe(0);
  return [...stderr.matchAll(/^limit (\d+)$/gm)].map(([, limit]) => Number(limit));
}

/** What V8 counts besides the old generation: its nurseries. */
const nurseriesMb = 200;

it.each(["produce", "enrich", "distribute", "index"])("the heap of %s has a stage's limit", (stage) => {
  const [, ofStage] = heapLimits([stage, "--help"], "");
  expect(ofStage).toBeGreaterThanOrEqual(stageHeapMb);
  expect(ofStage).toBeLessThan(stageHeapMb + nurseriesMb);
});

it("other commands have Node's own limit", () => {
  const [ofLauncher, ofCommand] = heapLimits(["verify", "--help"], "");
  expect(ofCommand).toBe(ofLauncher);
});

it("a limit of one's own wins", () => {
  const limits = heapLimits(["index", "--help"], "--max-old-space-size=600");
  for (const limit of limits) expect(limit).toBeLessThan(600 + nurseriesMb);
});
