import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../runtime/config/environment.ts";
import type { TopicPosition } from "../../runtime/kafka/types.ts";
import type { StageReport } from "../../runtime/metrics/report.ts";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

const endWithinMs = 30_000;

/** Processes of one stage and one group, to be killed and started as one likes. */
export class StageProcesses {
  readonly #command: "enrich" | "index";
  readonly #environment: Environment;
  readonly #running = new Set<ChildProcess>();
  /** The last lines that ended processes wrote without having been killed: none is expected. */
  readonly failures: string[] = [];
  /** How many ended because Kafka was away while they still started, and were started again as a supervisor would. */
  restarts = 0;
  /** What each has reported last; those that have reported have started. */
  readonly #reports = new WeakMap<ChildProcess, StageReport>();
  readonly #excused = new WeakSet<ChildProcess>();
  readonly #onText: (pid: number, text: string) => void;

  /** @param onText told what the processes write to standard error */
  constructor(command: "enrich" | "index", environment: Environment, onText: (pid: number, text: string) => void) {
    this.#command = command;
    this.#environment = environment;
    this.#onText = onText;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Where those that run have got to, as they said last. */
  get positions(): readonly TopicPosition[] {
    return [...this.#running].flatMap((child) => this.#reports.get(child)?.positions ?? []);
  }

  start(): void {
    const child = spawn(process.execPath, [main, this.#command], {
      env: { ...this.#environment },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let last = "";
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      last = (last + chunk).slice(-2000);
      this.#onText(child.pid ?? 0, chunk);
    });
    this.#running.add(child);
    child.on("message", (report) => void this.#reports.set(child, report as StageReport));
    child.on("close", (code, signal) => {
      this.#running.delete(child);
      if (signal !== null || code === 0) return;
      if (!this.#excused.has(child)) {
        this.failures.push(last);
        return;
      }
      this.restarts++;
      this.start();
    });
  }

  /** Kafka goes away: an instance that still starts gives up after a few seconds and says so, as it should; one that runs waits. */
  kafkaGoes(): void {
    for (const child of this.#running) if (!this.#reports.has(child)) this.#excused.add(child);
  }

  /** One of them, chosen by a number from 0 to 1. */
  any(choice: number): ChildProcess | undefined {
    return [...this.#running][Math.floor(choice * this.#running.size)];
  }

  /** Ends one at once, as a power cut does. */
  async kill(child: ChildProcess): Promise<void> {
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  /** Ends all in good order. */
  async stop(): Promise<void> {
    for (const child of this.#running) this.#excused.delete(child);
    await Promise.all(
      [...this.#running].map((child) => {
        const ended = new Promise((resolve) => child.once("close", resolve));
        child.kill("SIGCONT");
        child.kill("SIGTERM");
        const timer = setTimeout(() => {
          this.failures.push(`process ${child.pid} did not end within ${endWithinMs} ms`);
          child.kill("SIGKILL");
        }, endWithinMs);
        return ended.then(() => clearTimeout(timer));
      }),
    );
  }
}
