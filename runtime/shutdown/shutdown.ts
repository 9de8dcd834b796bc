import type { Environment } from "../config/environment.ts";

/** Tells a process to end in good order: on SIGINT, SIGTERM, SIGHUP, or when the process that started it is gone. */
export interface Shutdown {
  /** Aborted when the process shall end. */
  readonly signal: AbortSignal;
  /** Resolves when the process shall end. */
  readonly stopped: Promise<void>;
  /** Asks for the end from within. */
  request(reason: string): void;
}

const forceAfterMs = 1000;

/**
 * Listens for the signals. A second signal more than a second after the first ends the process at once with code 130;
 * nearer ones are echoes (a terminal and a launcher both pass on one Ctrl-C).
 */
export function listenForShutdown(environment: Environment): Shutdown {
  const controller = new AbortController();
  let firstAtMs = 0;
  const request = (reason: string) => controller.abort(reason);
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted && performance.now() - firstAtMs > forceAfterMs) process.exit(130);
      if (!controller.signal.aborted) firstAtMs = performance.now();
      request(name);
    });
  }
  if (process.connected) {
    process.on("disconnect", () => request("the parent process is gone"));
    // Listening alone would keep a process alive whose work is done.
    process.channel?.unref();
  }
  if (environment["npm_command"] !== undefined) watchParent(request);
  const stopped = new Promise<void>((resolve) => {
    controller.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  return { signal: controller.signal, stopped, request };
}

const lookEveryMs = 500;

/** npm ends on a signal without passing it on: what it has started sees that by its parent alone. */
function watchParent(request: (reason: string) => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    request("npm, which started this, is gone");
  }, lookEveryMs);
  timer.unref();
}
