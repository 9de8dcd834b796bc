import { PipelineError } from "../../domain/errors.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { type FetchedPartition, type FetchOptions, fetchFault, fetchRecords } from "./fetch-request.ts";
import { knowLeaders, leaderOf } from "./know-leaders.ts";
import { readCommitted, readUncommitted } from "./offsets.ts";
import { withCluster } from "./retry.ts";
import type { SharedLink } from "./shared-link.ts";
import type { IncomingBatch, PartitionReadOptions } from "./types.ts";

/** Short, because the broker answers the reads that share a connection one after the other. */
const maxWaitMs = 50;
/** Two of them are held for each range that is being read. */
const maxBytesPerPartition = 1024 * 1024;
const offsetOutOfRange = 1;

/** Reads a range of one partition, over a connection that other reads may use too. */
export async function* readPartition(shared: SharedLink, options: PartitionReadOptions): AsyncGenerator<IncomingBatch> {
  const { topic, partition, fromOffset, toOffset } = options;
  const closing = new AbortController();
  const link = shared.acquire();
  try {
    options.signal?.throwIfAborted();
    let next = fromOffset < toOffset ? fetchFrom(link, options, fromOffset, closing.signal) : null;
    while (next !== null) {
      const { decoded, beginOffset, endOffset } = await orAborted(next, options.signal);
      const { nextOffset } = decoded;
      // Nothing is left of the range: compaction has taken its last records, or it ends in markers.
      const position = nextOffset ?? toOffset;
      next = position < toOffset ? fetchFrom(link, options, position, closing.signal) : null;
      // Whoever stops early never asks for what was fetched ahead.
      next?.catch(() => undefined);
      const { records } = decoded;
      const wanted = position > toOffset ? records.filter(({ offset }) => offset < toOffset) : records;
      if (wanted.length > 0) yield { topic, partition, records: wanted, beginOffset, endOffset };
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    closing.abort();
    shared.release();
  }
}

/** The connection is shared, so that a fetch under way cannot be cut off: whoever aborts just does not wait for it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<T>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  work.then(aborted.resolve, aborted.reject);
  return aborted.promise.finally(() => signal.removeEventListener("abort", onAbort));
}

/** The next records from an offset on; `nextOffset` is null where there are none before `toOffset`. Waits while the log is shorter. */
async function fetchFrom(
  link: ClusterLink,
  options: PartitionReadOptions,
  offset: number,
  signal: AbortSignal,
): Promise<FetchedPartition> {
  const { topic, partition, toOffset } = options;
  const isolationLevel = (options.readCommitted ?? true) ? readCommitted : readUncommitted;
  const fetch: FetchOptions = { maxWaitMs, maxBytesPerPartition, isolationLevel };
  for (;;) {
    const fetched = await fetchOnce(link, { topic, partition, offset }, fetch, signal);
    signal.throwIfAborted();
    if (fetched !== undefined && (fetched.decoded.nextOffset !== null || fetched.endOffset >= toOffset)) return fetched;
  }
}

async function fetchOnce(
  link: ClusterLink,
  wanted: { readonly topic: string; readonly partition: number; readonly offset: number },
  options: FetchOptions,
  signal: AbortSignal,
): Promise<FetchedPartition | undefined> {
  const { topic, partition, offset } = wanted;
  const resource = `the topic ${topic}`;
  return withCluster(link, { patienceMs: Number.POSITIVE_INFINITY, signal, resource }, async (cluster) => {
    await knowLeaders(cluster, [topic]);
    const broker = await cluster.findBroker({ nodeId: leaderOf(cluster, topic, partition) });
    // A broker that holds a client back to its quota answers with nothing.
    const [fetched] = await fetchRecords(broker, [wanted], options);
    if (fetched?.errorCode === offsetOutOfRange) throw notKept(topic, partition, offset);
    if (fetched !== undefined && fetched.errorCode !== 0) throw fetchFault(fetched.errorCode, topic);
    return fetched;
  });
}

function notKept(topic: string, partition: number, offset: number): PipelineError {
  return new PipelineError("kafkaTopic", `${topic}/${partition} does not hold the offset ${offset}.`, {
    remedy: "Its records are past their retention, or the topic was made anew: begin at an offset that is kept.",
  });
}
