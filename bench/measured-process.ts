import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cachingEnvironment } from "../runtime/config/compile-cache.ts";
import { type Environment, environment } from "../runtime/config/environment.ts";
import type { Usage } from "./usage.ts";

const usageModule = new URL("usage.ts", import.meta.url).href;

/** A process of the bench whose use of processor and memory is watched. */
export interface MeasuredProcess {
  /** The newest sample; zeros before the first. */
  usage(): Usage;
  /** The most memory of all samples, bytes. */
  memoryBytesMax(): number;
  /** @throws where it has ended by itself with a failure */
  check(): void;
  send(message: string): void;
  /** Ends it in good order. @throws as `check` */
  stop(): Promise<void>;
}

/** Starts a module of the project under Node. Its output goes to ours; `BENCH_PROFILE` names a folder for profiles of its processor time. */
export function startMeasured(module: URL, args: readonly string[], variables: Environment): MeasuredProcess {
  const folder = environment["BENCH_PROFILE"];
  const profile = folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  const child = fork(fileURLToPath(module), args, {
    execArgv: [...profile, "--import", usageModule],
    env: { ...cachingEnvironment(), ...variables },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let latest: Usage = { cpuMicros: 0, memoryBytes: 0 };
  let memoryBytesMax = 0;
  child.on("message", (message: { readonly usage?: Usage }) => {
    if (message.usage === undefined) return;
    latest = message.usage;
    memoryBytesMax = Math.max(memoryBytesMax, latest.memoryBytes);
  });
  const closed = new Promise((resolve) => child.on("close", resolve));
  const check = () => {
    if ((child.exitCode ?? 0) !== 0) throw new Error(`${module.pathname} ended with exit code ${child.exitCode}`);
  };
  return {
    usage: () => latest,
    memoryBytesMax: () => memoryBytesMax,
    check,
    send: (message) => void child.send(message),
    async stop() {
      child.kill("SIGTERM");
      await closed;
      check();
    },
  };
}
