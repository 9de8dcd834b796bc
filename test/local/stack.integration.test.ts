import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { freePort } from "../../local/process/ports.ts";
import { type Stack, startStack } from "../../local/stack.ts";
import { createLog } from "../../runtime/log/log.ts";

const dataFolder = temporaryRoot();
const log = createLog({ stage: "test", level: "warn", format: "text", now: () => new Date(), write: () => {} });
let stack: Stack | undefined;

beforeAll(async () => {
  stack = await startStack({ environment: process.env, log, dataFolder });
});

afterAll(async () => {
  await stack?.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

function kafkaOf({ kafka }: Stack, user: "admin" | "distributor" = "admin") {
  if (kafka === undefined) throw new Error("no Kafka");
  return new Kafka({
    brokers: [...kafka.brokers],
    ssl: { ca: [kafka.ca] },
    sasl: { mechanism: "scram-sha-512", ...kafka.users[user] },
    logLevel: logLevel.NOTHING,
  });
}

async function topicsOf(from: Stack, create?: string): Promise<string[]> {
  const admin = kafkaOf(from).admin();
  await admin.connect();
  try {
    if (create !== undefined) await admin.createTopics({ topics: [{ topic: create }], waitForLeaders: true });
    return await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

it("both servers start side by side and answer, and the same data folder brings back topics, users and documents on fixed ports", async () => {
  const first = stack;
  if (first?.kafka === undefined || first.openSearch === undefined) throw new Error("both were asked for");
  expect(await topicsOf(first, "kept")).toContain("kept");
  const stored = await fetch(`${first.openSearch.url}/kept/_doc/1?refresh=true`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ symbol: "XXX" }),
  });
  expect(stored.status).toBe(201);
  const { users, ca } = first.kafka;
  await first.stop();
  expect(await first.exited).toBeUndefined();
  await expect(fetch(first.openSearch.url)).rejects.toThrow();

  // As a folder is that was made before there was this user.
  const passwordFile = join(dataFolder, "kafka", "passwords.json");
  const { distributor: _unknown, ...known } = JSON.parse(readFileSync(passwordFile, "utf8")) as Record<string, string>;
  writeFileSync(passwordFile, JSON.stringify(known));

  const kafkaPort = await freePort();
  const openSearchPort = await freePort([kafkaPort]);
  stack = await startStack({ environment: process.env, log, dataFolder, kafkaPort, openSearchPort });
  expect(stack.kafka?.brokers).toEqual([`127.0.0.1:${kafkaPort}`]);
  expect(stack.openSearch?.url).toBe(`http://127.0.0.1:${openSearchPort}`);
  const { distributor: before, ...others } = users;
  expect(stack.kafka?.users).toMatchObject(others);
  expect(stack.kafka?.users.distributor.password).not.toBe(before.password);
  const distributor = kafkaOf(stack, "distributor").admin();
  await distributor.connect();
  await distributor.disconnect();
  expect(stack.kafka?.ca).toBe(ca);
  expect(await topicsOf(stack)).toContain("kept");
  const found = await fetch(`${stack.openSearch?.url}/kept/_doc/1`);
  expect(await found.json()).toMatchObject({ _source: { symbol: "XXX" } });
}, 120_000);

it("a port that is taken ends the start of both", async () => {
  const openSearchPort = Number(new URL(stack?.openSearch?.url ?? "").port);
  await expect(startStack({ environment: process.env, log, openSearchPort })).rejects.toMatchObject({
    code: "portInUse",
  });
});

it("a start that is given up leaves nothing behind", async () => {
  const controller = new AbortController();
  const folder = temporaryRoot();
  vi.stubEnv("TMPDIR", folder);
  try {
    const starting = startStack({ environment: process.env, log, signal: controller.signal });
    await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(2), { timeout: 20_000, interval: 20 });
    controller.abort(new Error("given up"));
    await expect(starting).rejects.toThrow("given up");
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  }
});

it("a parent that is killed by SIGKILL leaves neither server, nor their temporary folders", async () => {
  const module = fileURLToPath(new URL("../../local/stack.ts", import.meta.url));
  const code = `
    const { startStack } = await import(${JSON.stringify(module)});
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    const { kafka, openSearch } = await startStack({ environment: process.env, log });
    console.log(JSON.stringify({ pids: [kafka.pid, openSearch.pid] }));`;
  const folder = temporaryRoot();
  const parent = spawn(process.execPath, ["--input-type=module", "-e", code], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const [line] = await once(createInterface(parent.stdout), "line");
    const { pids }: { pids: number[] } = JSON.parse(String(line));
    expect(readdirSync(folder)).toHaveLength(2);
    parent.kill("SIGKILL");
    await vi.waitFor(
      () => {
        for (const pid of pids) expect(() => process.kill(pid, 0), `process ${pid}`).toThrow();
        expect(readdirSync(folder)).toEqual([]);
      },
      { timeout: 30_000, interval: 100 },
    );
  } finally {
    parent.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

/** A place for temporary folders that only this test uses; OpenSearch's user must be able to pass through it. */
function temporaryRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), "bellwether-root-"));
  chmodSync(folder, 0o711);
  return folder;
}
