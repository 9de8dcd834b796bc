import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleStages } from "../../../infra/artefacts/bundle-stages.ts";
import { tarOf } from "../../../infra/artefacts/tar.ts";
import { startTestBroker, type TestBroker } from "../../support/broker.ts";

let folder: string;
let broker: TestBroker;

beforeAll(async () => {
  // Outside of the project, so that nothing is found which a machine would not have.
  folder = mkdtempSync(join(tmpdir(), "bellwether-bundle-"));
  execFileSync("tar", ["-xf", "-", "-C", folder], { input: tarOf(bundleStages()) });
  const binary = `@node-rs/crc32-${process.platform}-${process.arch}-gnu`;
  mkdirSync(join(folder, "node_modules/@node-rs"), { recursive: true });
  cpSync(join("node_modules", binary), join(folder, "node_modules", binary), { recursive: true });
  broker = await startTestBroker();
});
afterAll(async () => {
  await broker.stop();
  rmSync(folder, { recursive: true });
});

function start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [join(folder, "bellwether.mjs"), ...args], {
    cwd: folder,
    // Nothing of this process's own environment, as systemd does it.
    env: { PATH: process.env["PATH"] ?? "", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** All that it writes, until it ends or the words have come. */
async function outputOf(child: ChildProcess, until?: string): Promise<string> {
  let text = "";
  await new Promise<void>((resolve) => {
    const take = (chunk: Buffer) => {
      text += chunk;
      if (until !== undefined && text.includes(until)) resolve();
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.on("close", () => resolve());
  });
  return text;
}

describe("the bundled program", () => {
  it("explains itself, with nothing of the project around it", async () => {
    const child = start(["--help"]);
    const text = await outputOf(child);
    for (const command of ["produce", "enrich", "distribute", "index", "consume"]) expect(text).toContain(command);
  });

  it("runs a stage on a real broker, with threads of their own, and says that it runs", async () => {
    const { server } = broker;
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, server.ca);
    const { username, password } = server.users.enricher;
    const child = start(["enrich"], {
      KAFKA_BROKERS: server.brokers.join(","),
      KAFKA_TLS_CA: ca,
      KAFKA_SASL_USERNAME: username,
      KAFKA_SASL_PASSWORD: password,
      ENRICHER_THREADS: "2",
      LOG_FORMAT: "json",
      LOG_METRICS_SECONDS: "60",
    });
    try {
      // The very words that a machine waits for before the deployment goes on.
      const text = await outputOf(child, '"state":"running"');
      expect(text).toContain('"message":"metrics","state":"running"');
      for (const thread of [1, 2]) expect(text).toContain(`"message":"in the group","thread":${thread}`);
    } finally {
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
    }
  });
});
