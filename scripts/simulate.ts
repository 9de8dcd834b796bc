import { Command } from "commander";
import { wholeFrom } from "../cli/arguments.ts";
import { type HistoryResult, runHistory } from "../test/simulation/history.ts";
import { marketScenario, smallScenario } from "../test/simulation/scenarios.ts";

const fromOne = wholeFrom(1, "Give a whole number from 1.");
const { seeds, seed, trace } = new Command("npm run simulate --")
  .description(
    "Histories of the exactly-once runner, each with its own faults; every 25th folds the market's own topology.\nExit code 1 where one fails: its seed is printed, and how to see it again.",
  )
  .option("--seeds <count>", "how many histories, from seed 1 on", fromOne, 10_000)
  .option("--seed <seed>", "one history alone", fromOne)
  .option("--trace", "tell all that happens in it", false)
  .parse()
  .opts<{ seeds: number; seed?: number; trace: boolean }>();
const first = seed ?? 1;
const count = seed === undefined ? seeds : 1;
const print = (line: string) => void process.stdout.write(`${line}\n`);

const started = performance.now();
let steps = 0;
for (let next = first; next < first + count; next++) {
  const result = run(next);
  steps += result.steps;
  if (result.failures.length === 0) continue;
  print(`Seed ${next} failed:`);
  for (const failure of result.failures) print(`  ${failure}`);
  print(`See it again: npm run simulate -- --seed ${next} --trace`);
  process.exit(1);
}
const seconds = (performance.now() - started) / 1000;
print(`${count} histories with ${steps} steps in ${seconds.toFixed(1)} s: every one published the fold of its log.`);

function run(next: number): HistoryResult {
  const tell = trace ? print : null;
  return next % 25 === 0 ? runHistory(next, marketScenario, tell) : runHistory(next, smallScenario, tell);
}
