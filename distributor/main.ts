import { hasOwnTopics, type Product } from "../domain/entitlements/entitlements.ts";
import { topicNames } from "../domain/topics.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { tooLate, within } from "../runtime/clock/within.ts";
import { createClusterAdmin } from "../runtime/kafka/cluster-admin.ts";
import { kafkaConnection } from "../runtime/kafka/connection.ts";
import { createKafka } from "../runtime/kafka/kafka.ts";
import type { TopicPosition } from "../runtime/kafka/types.ts";
import type { Log } from "../runtime/log/log.ts";
import { type Figures, Metrics } from "../runtime/metrics/metrics.ts";
import { reportRegularly } from "../runtime/metrics/report.ts";
import type { Shutdown } from "../runtime/shutdown/shutdown.ts";
import { checkTopics } from "./check-topics.ts";
import { type DistributorConfig, thresholdsOf } from "./config.ts";
import { marksInForce, requireMarks, watchMarks } from "./marks.ts";
import { ProductRunner } from "./product-runner.ts";
import { readEntitlements } from "./read-entitlements.ts";

export interface DistributorDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly shutdown: Shutdown;
}

/**
 * Writes each product that has topics of its own, until it is told to stop. The file is read once: what changes in it is taken over by a restart,
 * and where `entitlements apply` has put something else in force, this stage stops.
 * @throws PipelineError where the file has faults, or is not what is in force, a topic is missing, or Kafka cannot be used
 */
export async function runDistributor(config: DistributorConfig, deps: DistributorDeps): Promise<void> {
  const { log, clock, shutdown } = deps;
  const { TOPIC_PREFIX: prefix } = config;
  const thresholdOf = thresholdsOf(config);
  const entitlements = await readEntitlements(config.ENTITLEMENTS_FILE, prefix);
  const products = entitlements.products.filter((product) => hasOwnTopics(product, prefix));
  const topics = topicNames(prefix);
  const connection = await kafkaConnection(config, "bellwether-distributor");
  const kafka = createKafka(connection, log);
  const admin = await kafka.admin();
  const cluster = createClusterAdmin(connection, log);
  const ending = new AbortController();
  const metrics = new Metrics();
  const runners = new Map<string, ProductRunner>();
  const failed = Promise.withResolvers<never>();
  // It may fail while it still starts, when nobody waits for it yet.
  failed.promise.catch(() => {});
  const report = reportRegularly(
    () => ({
      stage: "distributor",
      state: runners.size < products.length ? "starting" : "running",
      metrics: { ...metrics.snapshot(), gauges: gauges(runners) },
      positions: leastPositions(products.filter(isAtOnce).map(({ name }) => runners.get(name)?.positions() ?? [])),
      prices: [],
    }),
    { log, clock, everySeconds: config.LOG_METRICS_SECONDS },
  );
  const settings = {
    unitPartitions: config.DISTRIBUTOR_UNIT_PARTITIONS,
    transactionTimeoutMs: config.TRANSACTION_TIMEOUT_MS,
    sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
  };
  try {
    const partitions = await checkTopics(admin, products, topics, prefix);
    requireMarks(products, prefix, await marksInForce(cluster, log));
    watchMarks(products, prefix, cluster, { log, signal: ending.signal }).catch(failed.reject);
    const shared = { kafka, admin, prefix, topics, partitions, thresholdOf, settings, clock, log, metrics };
    for (const product of products) {
      if (shutdown.signal.aborted) break;
      runners.set(product.name, await ProductRunner.start({ ...shared, product, onFailed: failed.reject }));
    }
    const names = products.map(({ name }) => name).join(",");
    log.info(names === "" ? "no product has topics of its own" : "distributing", { products: names });
    await Promise.race([failed.promise, shutdown.stopped]);
  } finally {
    ending.abort();
    cluster.close();
    await closeInTime([...runners.values()], log);
    await admin.close();
    report.close();
  }
}

function gauges(runners: ReadonlyMap<string, ProductRunner>): Figures["gauges"] {
  const waiting = [...runners.values()].reduce((sum, runner) => sum + runner.waiting, 0);
  return Object.fromEntries([
    ["waiting", waiting],
    ...[...runners].map(([product, runner]): [string, number] => [`lag.${product}`, runner.lag]),
  ]);
}

/** What a delay holds back says nothing of how far this stage has come: `waiting` and the product's lag tell it. */
function isAtOnce({ delayMs }: Product): boolean {
  return delayMs === 0;
}

/** What every one of these products has dealt with; nothing while one of them has no partitions yet. */
function leastPositions(byProduct: readonly (readonly TopicPosition[])[]): readonly TopicPosition[] {
  if (byProduct.some((positions) => positions.length === 0)) return [];
  const least = new Map<string, TopicPosition>();
  for (const at of byProduct.flat()) {
    const key = `${at.topic}/${at.partition}`;
    const known = least.get(key);
    if (known === undefined || at.offset < known.offset) least.set(key, at);
  }
  return [...least.values()];
}

const closeWithinMs = 10_000;

/** What is cut off is safe: the broker aborts a transaction that is left open, and the next owner reads its records again. */
async function closeInTime(runners: readonly ProductRunner[], log: Log): Promise<void> {
  const closed = Promise.all(runners.map((runner) => runner.close()));
  if ((await within(closed, closeWithinMs)) === tooLate)
    log.warn("the groups were not left in good order in time; what was open is aborted by the broker");
}
