import { setTimeout as delay } from "node:timers/promises";
import { readEntitlements } from "../../distributor/read-entitlements.ts";
import { topicNames } from "../../domain/topics.ts";
import { indexPattern, indexPrefixOf } from "../../indexer/index-names.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import type { Environment } from "../../runtime/config/environment.ts";
import { parseConfig } from "../../runtime/config/parse.ts";
import { kafkaVariables, openSearchVariables } from "../../runtime/config/variables.ts";
import type { KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import { kafkaConnection } from "../../runtime/kafka/connection.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import type { Log } from "../../runtime/log/log.ts";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import { openSearchConnection } from "../../runtime/opensearch/connection.ts";
import type { Shutdown } from "../../runtime/shutdown/shutdown.ts";
import { provision, provisionProducts } from "../servers/provision.ts";
import { openServers, type Servers } from "../servers/servers.ts";
import { type AwaitedProducts, awaitedProducts, delayedText } from "./awaited-products.ts";
import { openDisplay } from "./display.ts";
import { openFeed, type RunningFeed } from "./feed.ts";
import { firstEnd } from "./first-end.ts";
import type { UpOptions } from "./options.ts";
import type { StageProcess } from "./stage-process.ts";
import { startStages } from "./start-stages.ts";
import { type Summary, summarize } from "./summary.ts";
import { untilEnd } from "./until-end.ts";

export interface UpDeps {
  readonly environment: Environment;
  readonly log: Log;
  readonly shutdown: Shutdown;
}

/**
 * Runs the whole pipeline on this machine until it is told to stop or, with `untilEnd`, until the recording is through. Whatever was started is stopped again, in
 * order: the stages from the source on, the feed, the servers.
 * @throws PipelineError of whichever part fails first
 */
export async function up(options: UpOptions, deps: UpDeps): Promise<Summary> {
  const { environment, log, shutdown } = deps;
  const opened: { close(): Promise<void> }[] = [];
  const started = performance.now();
  const running: StageProcess[] = [];
  try {
    // A file with faults is told before anything is started.
    const prefix = parseConfig(kafkaVariables.pick({ TOPIC_PREFIX: true }), environment).TOPIC_PREFIX;
    const file = options.entitlements;
    const entitlements = file === undefined ? null : await readEntitlements(file, prefix);
    const awaited = awaitedProducts(entitlements?.products ?? [], prefix);
    if (options.untilEnd && awaited.delayed.length > 0) {
      log.warn("products with a delay are not waited for", { products: delayedText(awaited.delayed) });
    }
    const feed = await openFeed(options, environment, log);
    opened.unshift(feed);
    const servers = await openServers({ ...options, environment, log, signal: shutdown.signal });
    opened.push({ close: () => servers.stop() });
    if (options.index) await checkOpenSearch({ ...environment, ...servers.environmentFor("indexer") });
    const config = parseConfig(kafkaVariables, { ...environment, ...servers.environmentFor("admin") });
    const admin = await createKafka(await kafkaConnection(config, "bellwether-up"), log).admin();
    opened.splice(-1, 0, admin);
    const made = await provision(admin, config.TOPIC_PREFIX, servers.ownsKafka);
    if (!servers.ownsKafka && made.length > 0) log.info("made topics", { topics: made.join(",") });
    if (entitlements !== null) await provisionProducts(admin, entitlements, config.TOPIC_PREFIX, servers.ownsKafka);
    const queryUrl = options.index ? queryUrlOf(servers, config.TOPIC_PREFIX) : null;
    const display = openDisplay({
      stream: process.stderr,
      live: process.stderr.isTTY === true && !options.json,
      state: () => ({
        feed: feed.name,
        elapsedSeconds: (performance.now() - started) / 1000,
        reports: reportsOf(running),
        queryUrl,
        nowMicros: systemClock.nowMicros(),
      }),
    });
    try {
      startStages(running, { environment, servers, feed, display, options });
      if (queryUrl !== null) log.info("browse the enriched quotes", { url: queryUrl });
      await untilDone({ log, options, awaited, feed, servers, admin, running, prefix: config.TOPIC_PREFIX, shutdown });
    } finally {
      for (const stage of running) await stage.stop();
      display.close();
    }
    const notAwaited = options.untilEnd ? awaited.delayed.map(({ name }) => name) : [];
    return summarize(reportsOf(running), (performance.now() - started) / 1000, notAwaited);
  } finally {
    for (const each of opened) await each.close();
  }
}

/** A wrong URL is told at once: the indexer itself would wait for it, as it must when OpenSearch is away. */
async function checkOpenSearch(environment: Environment): Promise<void> {
  const config = parseConfig(
    openSearchVariables.extend(kafkaVariables.pick({ AWS_REGION: true, AWS_ENDPOINT_URL: true }).shape),
    environment,
  );
  const openSearch = createOpenSearch(await openSearchConnection(config));
  try {
    await openSearch.request({ method: "GET", path: "/", timeoutMs: 5000 });
  } finally {
    await openSearch.close();
  }
}

interface Done {
  readonly log: Log;
  readonly options: UpOptions;
  readonly awaited: AwaitedProducts;
  readonly feed: RunningFeed;
  readonly servers: Servers;
  readonly admin: KafkaAdmin;
  readonly running: readonly StageProcess[];
  readonly prefix: string;
  readonly shutdown: Shutdown;
}

const askAgainAfterMs = 200;

/** Resolves at the end asked for; rejects when any part fails first. */
async function untilDone(done: Done): Promise<void> {
  const { log, options, awaited, feed, servers, admin, running, prefix, shutdown } = done;
  const failures = [
    feed.failed,
    ...running.map((stage) => stage.failed),
    servers.exited.then((error) => (error === undefined ? new Promise<never>(() => {}) : Promise.reject(error))),
  ];
  const end = (signal: AbortSignal) =>
    untilEnd({
      admin,
      log,
      topics: topicNames(prefix),
      enricherGroup: `${prefix}enricher`,
      report: (name) => running.find((stage) => stage.stage === name)?.report(),
      readers: running.map(({ stage }) => stage).filter((stage) => isReader(stage, awaited)),
      pause: () => delay(askAgainAfterMs, undefined, { signal }),
    });
  await firstEnd({ stopped: shutdown.stopped, failures, end: options.untilEnd ? end : null });
}

/** The stages that read what the enricher publishes, and come to its end. */
function isReader(stage: string, { waitsForDistributor }: AwaitedProducts): boolean {
  if (stage === "distributor") return waitsForDistributor;
  return stage !== "producer" && stage !== "enricher";
}

function reportsOf(running: readonly StageProcess[]) {
  return new Map(running.map((stage) => [stage.stage, stage.report()]));
}

/** A query that shows enriched quotes. */
function queryUrlOf(servers: Servers, prefix: string): string {
  return `${servers.openSearchUrl}/${indexPattern(indexPrefixOf(prefix), "quote")}/_search?q=indicator:Bullish`;
}
