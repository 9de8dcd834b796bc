import type Cluster from "kafkajs/src/cluster/index.js";
import { PipelineError } from "../../domain/errors.ts";
import { pause } from "../clock/pause.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { faultKind, rootOf, toPipelineError } from "./errors.ts";

const firstDelayMs = 20;
const delayMsMax = 1000;
const unknownTopicPatienceMs = 5000;

/** How long to go on trying. */
export interface Patience {
  /** Milliseconds from the first try; Infinity: until `signal`. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  /** What the work is about, for the message of a fault. */
  readonly resource?: string;
  /** Its topics are certain to be there, though a broker may not know of them yet. */
  readonly topicsExist?: boolean;
}

/**
 * Does work on a cluster, connecting, refreshing and waiting between tries as each fault asks. A topic that does not exist is
 * waited for five seconds at most, because a new topic takes a moment to show.
 * @throws PipelineError when the fault cannot be mended by trying again, or patience is over
 */
export async function withCluster<T>(
  link: ClusterLink,
  patience: Patience,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, delayMsMax)) {
    let cluster: Cluster | null = null;
    try {
      cluster = await link.cluster();
      const result = await work(cluster);
      link.reportWell();
      return result;
    } catch (fault) {
      const error = await link.faultOf(fault, cluster);
      const kind = faultKind(error);
      // Also where patience is over: the next who asks is not to find the same broker.
      if (kind === "connection" && cluster !== null) link.drop(cluster, error);
      const passedMs = performance.now() - startedMs;
      const isUnknown = rootOf(error).type === "UNKNOWN_TOPIC_OR_PARTITION" && patience.topicsExist !== true;
      const limitMs = isUnknown ? Math.min(patience.patienceMs, unknownTopicPatienceMs) : patience.patienceMs;
      if (kind === "fatal" || kind === "rejoin" || patience.signal.aborted || passedMs + delayMs > limitMs) {
        throw kind === "rejoin" ? error : toPipelineError(error, contextOf(link, patience));
      }
      if (kind === "metadata") await cluster?.refreshMetadata().catch(() => undefined);
      link.reportTrouble(error, patience.resource);
      await pause(delayMs, patience.signal);
    }
  }
}

/** What is asked of a sender or reader after its end. */
export function closedError(): PipelineError {
  return new PipelineError("kafkaFailed", "The connection to Kafka was closed.");
}

function contextOf(link: ClusterLink, patience: Patience) {
  const { brokers, tokens } = link.connection;
  return { brokers, tokens, resource: patience.resource };
}
