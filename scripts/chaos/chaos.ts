import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { provision } from "../../cli/servers/provision.ts";
import { type VerifyReport, verify } from "../../cli/verify/verify.ts";
import { PipelineError } from "../../domain/errors.ts";
import { topicNames } from "../../domain/topics.ts";
import { type RunningKafka, startKafka } from "../../local/kafka/start-kafka.ts";
import { freePort } from "../../local/process/ports.ts";
import { tooLate, within } from "../../runtime/clock/within.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import type { Kafka } from "../../runtime/kafka/types.ts";
import type { Log } from "../../runtime/log/log.ts";
import { type RunningLoad, startLoad } from "./load.ts";
import { StageProcesses } from "./stage-processes.ts";
import { untilFolded } from "./until-folded.ts";

/** What goes wrong, in an order drawn by lot. */
export interface ChaosPlan {
  readonly kills: number;
  /** Pauses past the transaction timeout, after which the instance returns as a zombie. */
  readonly zombies: number;
  readonly brokerRestarts: number;
  /** Instances that join and leave in good order. */
  readonly joins: number;
  readonly quotesPerSecond: number;
  readonly random: () => number;
}

export interface ChaosReport {
  readonly quotes: number;
  readonly verified: VerifyReport;
  /** What enrichers said that ended by themselves. */
  readonly failures: readonly string[];
  /** False where nothing was folded any more, and the raw log's end not reached. */
  readonly isFolded: boolean;
  /** How many of each fault were played. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** Enrichers that were still starting when the broker went away, gave up, and were started again. */
  readonly restarts: number;
}

type Fault = "kill" | "zombie" | "brokerRestart" | "join";

const groupId = "market.enricher";
const instances = 2;
const stalledMsMax = 60_000;
const loadEndsWithinMs = 120_000;
const transactionTimeoutMs = 5000;
/** Short patience, so that kills and zombies are quick to play. */
export const brokerConfig = {
  "group.min.session.timeout.ms": "1000",
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
};

/**
 * Runs real enrichers on a real broker under load, and kills, pauses, joins and restarts as planned; then waits until all is folded, and audits.
 * @throws PipelineError of the broker or the audit
 */
export async function runChaos(plan: ChaosPlan, environment: Environment, log: Log): Promise<ChaosReport> {
  const dataFolder = mkdtempSync(join(tmpdir(), "bellwether-chaos-"));
  const port = await freePort();
  const start = () => startKafka({ environment, dataFolder, port, extraConfig: brokerConfig });
  let server = await start();
  const enrichers = new StageProcesses("enrich", { ...environment, ...enricherEnvironment(server) }, (pid, text) => {
    for (const line of text.trimEnd().split("\n")) log.debug(line, { pid });
  });
  try {
    const kafka = kafkaOf(server, "admin", log);
    const admin = await kafka.admin();
    await provision(admin, "market.", true);
    // The load meets every restart of the broker: what it says of that would hide what matters.
    const sender = await kafkaOf(server, "producer", { ...log, info: log.debug, warn: log.debug }).sender();
    const { raw } = topicNames("market.");
    const load = startLoad({ sender, topic: raw, quotesPerSecond: plan.quotesPerSecond, random: plan.random });
    for (let n = 0; n < instances; n++) enrichers.start();
    const faults = faultsOf(plan);
    const played: Fault[] = [];
    for (const [index, fault] of faults.entries()) {
      await delay(500 + plan.random() * 2500);
      log.info(`fault ${index + 1} of ${faults.length}: ${fault}`, { enrichers: enrichers.count, quotes: load.quotes });
      if (fault === "brokerRestart") {
        enrichers.kafkaGoes();
        await server.stop();
        server = await start();
      } else await play(fault, enrichers, plan.random);
      played.push(fault);
      // An instance that ended by itself is a finding: what comes after would only hide it.
      if (enrichers.failures.length > 0) break;
    }
    const { quotes } = await stopped(load);
    await sender.close();
    log.info("all is sent; waiting until it is folded", { quotes });
    const onProgress = (left: number) => log.info("folding", { left, enrichers: enrichers.count });
    const left = await untilFolded({ admin, groupId, raw, stalledMsMax, onProgress });
    if (left > 0) log.error("nothing is folded any more", { left, forSeconds: stalledMsMax / 1000 });
    await enrichers.stop();
    log.info("the enrichers have ended; verifying");
    const verified = await verify({ kafka, prefix: "market.", signal: new AbortController().signal, onProgress() {} });
    await admin.close();
    const { failures, restarts } = enrichers;
    return { quotes, verified, failures, isFolded: left === 0, faults: countsOf(played), restarts };
  } finally {
    await enrichers.stop();
    await server.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function play(
  fault: Exclude<Fault, "brokerRestart">,
  enrichers: StageProcesses,
  random: () => number,
): Promise<void> {
  const victim = enrichers.any(random());
  if (victim === undefined) {
    enrichers.start();
    return;
  }
  switch (fault) {
    case "kill":
      await enrichers.kill(victim);
      enrichers.start();
      return;
    case "zombie":
      victim.kill("SIGSTOP");
      await delay(transactionTimeoutMs + 2000);
      victim.kill("SIGCONT");
      return;
    case "join":
      enrichers.start();
      await delay(1000 + random() * 2000);
      victim.kill("SIGTERM");
      return;
    default:
      fault satisfies never;
  }
}

/** The planned faults, shuffled. */
function faultsOf({ kills, zombies, brokerRestarts, joins, random }: ChaosPlan): readonly Fault[] {
  const times = (fault: Fault, count: number) => Array.from({ length: count }, () => fault);
  const faults = [
    ...times("kill", kills),
    ...times("zombie", zombies),
    ...times("brokerRestart", brokerRestarts),
    ...times("join", joins),
  ];
  return faults
    .map((fault) => ({ fault, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ fault }) => fault);
}

function countsOf(faults: readonly Fault[]): Record<Fault, number> {
  const count = (fault: Fault) => faults.filter((played) => played === fault).length;
  return { kill: count("kill"), zombie: count("zombie"), brokerRestart: count("brokerRestart"), join: count("join") };
}

/** Ends the load. @throws PipelineError `kafkaFailed` where what was sent is not acknowledged: then it is the load that failed, and no enricher */
export async function stopped(load: RunningLoad): Promise<{ readonly quotes: number }> {
  const end = await within(load.stop(), loadEndsWithinMs);
  if (end !== tooLate) return end;
  throw new PipelineError("kafkaFailed", `The load was not acknowledged within ${loadEndsWithinMs / 1000} seconds.`, {
    remedy: "See the broker's log; run it again with --verbose.",
  });
}

/** The broker, signed in as one of its users. */
export function kafkaOf(
  server: Pick<RunningKafka, "brokers" | "ca" | "users">,
  user: "admin" | "producer",
  log: Log,
): Kafka {
  return createKafka(
    { brokers: server.brokers, clientId: `chaos-${user}`, tls: { ca: server.ca }, sasl: server.users[user] },
    log,
  );
}

/** What an enricher is told that is to be killed often. */
export function enricherEnvironment({
  brokers,
  caFile,
  users,
}: Pick<RunningKafka, "brokers" | "caFile" | "users">): Environment {
  return {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_TLS_CA: caFile,
    KAFKA_SASL_USERNAME: users.enricher.username,
    KAFKA_SASL_PASSWORD: users.enricher.password,
    // More units than by default, so that every instance and thread has some.
    ENRICHER_UNIT_PARTITIONS: "3",
    TRANSACTION_TIMEOUT_MS: String(transactionTimeoutMs),
    SESSION_TIMEOUT_MS: "2000",
    SNAPSHOT_EVERY_MS: "1000",
    SNAPSHOT_EVERY_RECORDS: "3000",
  };
}
