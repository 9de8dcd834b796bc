import { parseArgs } from "node:util";
import { type HistoryResult, runHistory } from "../test/simulation/history.ts";
import { marketScenario, smallScenario } from "../test/simulation/scenarios.ts";

/**
 * `npm run simulate -- --seeds N`: N histories of the exactly-once runner, each with its own faults; every 25th folds the market's own topology.
 * `--seed S` runs one alone, `--trace` tells all that happens in it. Exit code 1 where one fails: its seed is printed, and how to see it again.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10000" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});
const first = wholeNumber(values.seed ?? "1");
const count = values.seed === undefined ? wholeNumber(values.seeds) : 1;
const print = (line: string) => void process.stdout.write(`${line}\n`);

const started = performance.now();
let steps = 0;
for (let seed = first; seed < first + count; seed++) {
  const result = run(seed);
  steps += result.steps;
  if (result.failures.length === 0) continue;
  print(`Seed ${seed} failed:`);
  for (const failure of result.failures) print(`  ${failure}`);
  print(`See it again: npm run simulate -- --seed ${seed} --trace`);
  process.exit(1);
}
const seconds = (performance.now() - started) / 1000;
print(`${count} histories with ${steps} steps in ${seconds.toFixed(1)} s: every one published the fold of its log.`);

function run(seed: number): HistoryResult {
  const trace = values.trace ? print : null;
  return seed % 25 === 0 ? runHistory(seed, marketScenario, trace) : runHistory(seed, smallScenario, trace);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`${text} is not a whole number above zero.\n`);
  process.exit(2);
}
