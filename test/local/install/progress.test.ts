import { expect, it } from "vitest";
import { showInstallProgress } from "../../../local/install/progress.ts";

function shown(isTTY: boolean, steps: readonly [name: string, done: number][]): string[] {
  const written: string[] = [];
  const show = showInstallProgress({ isTTY, columns: 200, write: (text) => written.push(text) });
  for (const [name, done] of steps) show({ name, done });
  return written;
}

it("off a terminal a download is a line at its start and at each quarter", () => {
  const steps = [0, 0.1, 0.26, 0.3, 0.49, 0.99, 1].map((done): [string, number] => ["Kafka", done]);
  expect(shown(false, steps)).toEqual([
    "Downloading Kafka (once)\n",
    "Downloading Kafka: 26%\n",
    "Downloading Kafka: 99%\n",
    "Downloading Kafka: 100%\n",
  ]);
});

it("on a terminal both downloads share one line, which ends when both are done", () => {
  const lines = shown(true, [
    ["Kafka", 0],
    ["OpenSearch", 0.5],
    ["Kafka", 1],
    ["OpenSearch", 1],
  ]);
  expect(lines[1]).toContain("Kafka [....................] 0%   OpenSearch [##########..........] 50%");
  expect(lines.map((line) => line.endsWith("\n"))).toEqual([false, false, false, true]);
});
