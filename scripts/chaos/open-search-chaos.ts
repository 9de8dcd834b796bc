import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { provision } from "../../cli/servers/provision.ts";
import type { OpenSearchReport } from "../../cli/verify/opensearch/report.ts";
import { verifyOpenSearch } from "../../cli/verify/opensearch/verify-opensearch.ts";
import { publishedTopics, topicNames } from "../../domain/topics.ts";
import { startKafka } from "../../local/kafka/start-kafka.ts";
import { pause } from "../../runtime/clock/pause.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import type { Log } from "../../runtime/log/log.ts";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import { brokerConfig, enricherEnvironment, kafkaOf, stopped } from "./chaos.ts";
import { startLoad } from "./load.ts";
import { OpenSearchNode } from "./open-search-node.ts";
import { StageProcesses } from "./stage-processes.ts";
import { untilFolded } from "./until-folded.ts";
import { untilIndexed } from "./until-indexed.ts";

/** What is killed, in an order drawn by lot. */
export interface OpenSearchChaosPlan {
  /** Of indexers, and as many of the OpenSearch node. */
  readonly kills: number;
  readonly quotesPerSecond: number;
  readonly random: () => number;
}

export interface OpenSearchChaosReport {
  readonly quotes: number;
  readonly verified: OpenSearchReport;
  readonly kills: { readonly indexer: number; readonly openSearch: number };
  /** What processes said that ended by themselves. */
  readonly failures: readonly string[];
  /** False where nothing was indexed any more, and the topics' ends not reached. */
  readonly isIndexed: boolean;
}

const instances = 2;
const stalledMsMax = 120_000;
const downMsMax = 5000;
const prefix = "market.";

/**
 * Runs an enricher, two indexers and an OpenSearch node under load, kills indexers and the node as planned, each started again; then waits until all is
 * indexed, and compares every document with the topics.
 * @throws PipelineError of the servers or the audit
 */
export async function runOpenSearchChaos(
  plan: OpenSearchChaosPlan,
  environment: Environment,
  log: Log,
): Promise<OpenSearchChaosReport> {
  const { kills, quotesPerSecond, random } = plan;
  const dataFolder = mkdtempSync(join(tmpdir(), "bellwether-chaos-"));
  const [server, node] = await Promise.all([
    startKafka({ environment, dataFolder, extraConfig: brokerConfig }),
    OpenSearchNode.start(environment),
  ]);
  const onText = (pid: number, text: string) => {
    for (const line of text.trimEnd().split("\n")) log.debug(line, { pid });
  };
  const enrichers = new StageProcesses("enrich", { ...environment, ...enricherEnvironment(server) }, onText);
  const { indexer } = server.users;
  const indexers = new StageProcesses(
    "index",
    {
      ...environment,
      ...enricherEnvironment(server),
      KAFKA_SASL_USERNAME: indexer.username,
      KAFKA_SASL_PASSWORD: indexer.password,
      OPENSEARCH_URL: node.url,
    },
    onText,
  );
  try {
    const kafka = kafkaOf(server, "admin", log);
    const admin = await kafka.admin();
    await provision(admin, prefix, true);
    const sender = await kafkaOf(server, "producer", log).sender();
    const topics = topicNames(prefix);
    const load = startLoad({ sender, topic: topics.raw, quotesPerSecond, random });
    enrichers.start();
    for (let n = 0; n < instances; n++) indexers.start();
    const played = { indexer: 0, openSearch: 0 };
    const faults = shuffled(kills, random);
    for (const [at, fault] of faults.entries()) {
      await delay(1000 + random() * 4000);
      log.info(`kill ${at + 1} of ${faults.length}: ${fault}`, { indexers: indexers.count, quotes: load.quotes });
      if (fault === "openSearch") await node.kill(random() * downMsMax);
      else {
        const victim = indexers.any(random());
        if (victim !== undefined) await indexers.kill(victim);
        indexers.start();
      }
      played[fault]++;
      if (indexers.failures.length > 0) break;
    }
    await node.untilUp();
    const { quotes } = await stopped(load);
    await sender.close();
    log.info("all is sent; waiting until it is folded and indexed", { quotes });
    const onProgress = (left: number) => log.info("folding", { left });
    const left = await untilFolded({ admin, groupId: `${prefix}enricher`, raw: topics.raw, stalledMsMax, onProgress });
    const read = publishedTopics(topics);
    const positions = () => indexers.positions;
    const isIndexed = left === 0 && (await untilIndexed({ admin, topics: read, positions, stalledMsMax }));
    // In good order, so that what is stored is committed too.
    await indexers.stop();
    await enrichers.stop();
    log.info("the indexers have ended; comparing");
    const openSearch = createOpenSearch({ url: node.url, basicAuth: null, ca: undefined });
    const verified = await verifyOpenSearch({
      kafka,
      openSearch,
      prefix,
      indexPrefix: "market-",
      sample: null,
      isExpired: () => false,
      refreshMs: 1000,
      sleep: pause,
      signal: new AbortController().signal,
      onProgress() {},
    });
    await openSearch.close();
    await admin.close();
    return { quotes, verified, kills: played, failures: [...indexers.failures, ...enrichers.failures], isIndexed };
  } finally {
    await indexers.stop();
    await enrichers.stop();
    await Promise.all([server.stop(), node.stop()]);
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** As many kills of each, in an order drawn by lot. */
function shuffled(kills: number, random: () => number): readonly ("indexer" | "openSearch")[] {
  const each = (fault: "indexer" | "openSearch") => Array.from({ length: kills }, () => ({ fault, at: random() }));
  return [...each("indexer"), ...each("openSearch")].sort((a, b) => a.at - b.at).map(({ fault }) => fault);
}
