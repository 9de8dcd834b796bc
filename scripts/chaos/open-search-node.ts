import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type RunningOpenSearch, startOpenSearch } from "../../local/opensearch/start-opensearch.ts";
import { freePort } from "../../local/process/ports.ts";
import type { Environment } from "../../runtime/config/environment.ts";

/** An OpenSearch node that can be killed, and comes back with its data at the same address. */
export class OpenSearchNode {
  readonly url: string;
  readonly #start: () => Promise<RunningOpenSearch>;
  readonly #folder: string;
  #running: Promise<RunningOpenSearch>;

  static async start(environment: Environment): Promise<OpenSearchNode> {
    const folder = mkdtempSync(join(tmpdir(), "bellwether-chaos-node-"));
    // The node may run as another user, who must get to its own folder below this one.
    chmodSync(folder, 0o711);
    const node = new OpenSearchNode(environment, folder, await freePort());
    await node.#running;
    return node;
  }

  private constructor(environment: Environment, folder: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    this.#start = () => startOpenSearch({ environment, dataFolder: join(folder, "data"), port });
    this.#running = this.#start();
  }

  /** Ends the node at once, as a power cut does, once it is up; it is started again after a time, without being waited for. */
  async kill(downMs: number): Promise<void> {
    const { pid, exited, stop } = await this.#running;
    process.kill(-pid, "SIGKILL");
    await exited;
    await stop();
    this.#running = delay(downMs).then(this.#start);
    this.#running.catch(() => undefined);
  }

  /** Resolves when the node is up. @throws PipelineError where it does not come back */
  async untilUp(): Promise<void> {
    await this.#running;
  }

  /** Ends it, and removes its data. */
  async stop(): Promise<void> {
    const running = await this.#running.catch(() => null);
    await running?.stop();
    for (const folder of [running?.folder, this.#folder]) {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  }
}
