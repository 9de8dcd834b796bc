import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { report } from "./report.ts";

/** One run of the race tool: a line of JSON. */
interface RaceRun {
  readonly mode: "throughput" | "latency";
  readonly prefix: string;
  readonly recordsPerSecond: number;
  readonly recordsPerSecondSecondHalf: number;
  readonly distinctSources: number;
  readonly count: number;
  readonly cpuSecondsUntilFirst: number;
  readonly cpuSecondsUntilLast: number;
  readonly rssMaxMiB: number;
  readonly rate?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const enrich = [process.execPath, main, "enrich"];
/** Of 12 partitions, by default. */
const units = 2;

/**
 * `npm run bench -- race TOOL [ROUNDS]`: the enricher against the Flink job that does the same work on the same records and broker, turn about.
 * TOOL is the race's program (`race.py`), which starts the broker, loads the topics and measures any command.
 */
export async function benchRace(tool: string, rounds: number): Promise<void> {
  const race = (...args: string[]) => runTool(tool, args);
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const [flink] = await race("flink", "throughput");
    const [own] = await race("run", "--only", "throughput", "--", ...enrich);
    if (flink === undefined || own === undefined) throw new Error("the race gave no figures");
    report(`round ${round}: Flink`, throughputText(flink));
    report(`round ${round}: Bellwether`, throughputText(own));
    ratios.push(own.recordsPerSecond / flink.recordsPerSecond);
  }
  report("throughput, Bellwether to Flink", ratios.map((ratio) => ratio.toFixed(2)).join(" "));
  for (const symbols of ["10", "10000"]) {
    const [run] = await race("run", "--only", "throughput", "--symbols", symbols, "--", ...enrich);
    if (run !== undefined) report(`${symbols} symbols: Bellwether`, throughputText(run));
  }
  for (const [name, args] of [
    ["Flink, checkpoints of 100 ms", ["flink", "latency", "--checkpoint-ms", "100"]],
    ["Bellwether", ["run", "--only", "latency", "--", ...enrich]],
  ] as const) {
    for (const run of await race(...args)) report(`latency at ${run.rate} quotes/s: ${name}`, latencyText(run));
  }
  await benchRecovery(tool);
}

/** `npm run bench -- recovery TOOL`: how long a new instance takes from its start to folding again, where 10,000 symbols are known. */
export async function benchRecovery(tool: string): Promise<void> {
  const [run] = await runTool(tool, ["run", "--only", "throughput", "--symbols", "10000", "--keep", "--", ...enrich]);
  if (run === undefined) throw new Error("the race gave no figures");
  const { brokers } = JSON.parse((await runText(tool, ["kafka", "up"])).trim().split("\n").at(-1) ?? "{}");
  const startedMs = performance.now();
  const [command = "", ...args] = enrich;
  const child = spawn(command, args, {
    env: { PATH: "/usr/bin:/bin", KAFKA_BROKERS: brokers, TOPIC_PREFIX: run.prefix },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  const replayed = await new Promise<number>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      const folding = [...log.matchAll(/ folding .*unit=.*replayed=(\d+)/g)];
      if (folding.length >= units) resolve(folding.reduce((sum, [, count]) => sum + Number(count), 0));
    });
    child.on("close", (code) => reject(new Error(`the enricher ended with ${code}: ${log}`)));
  });
  const seconds = (performance.now() - startedMs) / 1000;
  child.removeAllListeners("close");
  child.kill("SIGTERM");
  await new Promise((resolve) => child.on("close", resolve));
  report(
    "recovery of 10,000 symbols, process start included",
    `${seconds.toFixed(2)} s, ${replayed} records folded again`,
  );
}

async function runTool(tool: string, args: readonly string[]): Promise<readonly RaceRun[]> {
  const text = await runText(tool, args);
  const runs = text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as RaceRun);
  for (const { count, distinctSources } of runs) {
    if (distinctSources !== undefined && distinctSources !== count)
      throw new Error(`${count - distinctSources} doubled`);
  }
  return runs;
}

async function runText(tool: string, args: readonly string[]): Promise<string> {
  const child = spawn("python3", [tool, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${tool} ${args.join(" ")} ended with ${code}`);
  return output;
}

function throughputText(run: RaceRun): string {
  const cpuMicros = ((run.cpuSecondsUntilLast - run.cpuSecondsUntilFirst) * 1e6) / run.count;
  const rate = Math.round(run.recordsPerSecond).toLocaleString("en-US");
  const warm = Math.round(run.recordsPerSecondSecondHalf).toLocaleString("en-US");
  return `${rate} quotes/s (second half ${warm}), ${cpuMicros.toFixed(1)} us CPU a quote, ${run.rssMaxMiB} MiB`;
}

function latencyText(run: RaceRun): string {
  return `p50 ${run.p50Ms} ms, p99 ${run.p99Ms} ms`;
}
