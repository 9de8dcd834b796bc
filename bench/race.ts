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
/** The enricher's command by the name that is shown: as it comes, and set for the lowest latency (decision 4). */
const commands: Readonly<Record<string, readonly string[]>> = {
  Bellwether: enrich,
  "Bellwether, one thread with one unit": ["env", "ENRICHER_THREADS=1", "ENRICHER_UNIT_PARTITIONS=12", ...enrich],
};

/**
 * `npm run bench -- race TOOL [ROUNDS]`: the enricher against the Flink job that does the same work on the same records and broker, turn about.
 * TOOL is the race's program (`race.py`), which starts the broker, loads the topics and measures any command.
 */
export async function benchRace(tool: string, rounds: number): Promise<void> {
  const race = (...args: string[]) => runTool(tool, args);
  const ratios = new Map<string, number[]>();
  for (let round = 1; round <= rounds; round++) {
    const [flink] = await race("flink", "throughput");
    if (flink === undefined) throw new Error("the race gave no figures");
    report(`round ${round}: Flink`, throughputText(flink));
    for (const [name, command] of Object.entries(commands)) {
      const [own] = await race("run", "--only", "throughput", "--", ...command);
      if (own === undefined) throw new Error("the race gave no figures");
      report(`round ${round}: ${name}`, throughputText(own));
      ratios.set(name, [...(ratios.get(name) ?? []), own.recordsPerSecond / flink.recordsPerSecond]);
    }
  }
  for (const [name, each] of ratios) {
    report(`throughput to Flink's: ${name}`, each.map((ratio) => ratio.toFixed(2)).join(" "));
  }
  for (const symbols of ["10", "10000"]) {
    const [run] = await race("run", "--only", "throughput", "--symbols", symbols, "--", ...enrich);
    if (run !== undefined) report(`${symbols} symbols: Bellwether`, throughputText(run));
  }
  const tell = (name: string, runs: readonly RaceRun[]) => {
    for (const run of runs) report(`latency at ${run.rate} quotes/s: ${name}`, latencyText(run));
  };
  tell("Flink, checkpoints of 100 ms", await race("flink", "latency", "--checkpoint-ms", "100"));
  for (const [name, command] of Object.entries(commands)) {
    tell(name, await race("run", "--only", "latency", "--", ...command));
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
