import { createHash } from "node:crypto";
import { foldLoad } from "./fold-load.ts";
import { quoteLines } from "./quotes.ts";
import { report } from "./report.ts";

const load = { quotes: 500_000, symbols: 500 };

/** How many quotes a second one core folds: parse, order, enrich, windows, serialise, hash. Best and median of five runs, and beside it what JSON.parse alone takes on the same lines. */
export function benchFold(): void {
  const lines = [...quoteLines(load)];
  const runs = Array.from({ length: 5 }, () => ({ fold: foldOnce(lines), parse: parseOnce(lines) }));
  const fold = median(runs.map((run) => run.fold));
  const parse = median(runs.map((run) => run.parse));
  report("fold (replay, one core)", `${perSecond(fold)} quotes/s, ${(1e6 / fold).toFixed(2)} us a quote`);
  report(
    "  reference: JSON.parse of the same lines",
    `${perSecond(parse)} lines/s; the fold takes ${(parse / fold).toFixed(1)} times as long`,
  );
}

function foldOnce(lines: readonly string[]): number {
  const hash = createHash("sha256");
  const fold = foldLoad(load, (output) => {
    if (output.stream !== "deadLetter") hash.update(output.value);
  });
  const started = performance.now();
  for (let at = 0; at < lines.length; at += 1000) fold.push(lines.slice(at, at + 1000));
  fold.end();
  hash.digest();
  return (lines.length / (performance.now() - started)) * 1000;
}

function parseOnce(lines: readonly string[]): number {
  const started = performance.now();
  let sum = 0;
  for (const line of lines) sum += JSON.parse(line).bp;
  if (Number.isNaN(sum)) throw new Error("the load has no prices");
  return (lines.length / (performance.now() - started)) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function perSecond(rate: number): string {
  return Math.round(rate).toLocaleString("en-US");
}
