import type { Log } from "../log/log.ts";
import { ClusterLink } from "./cluster-link.ts";
import { withCluster } from "./retry.ts";
import { type BrokerAddress, fetchMetadata } from "./topic-metadata.ts";
import type { KafkaConnection } from "./types.ts";

/** What a cluster tells this user of itself. */
export interface ClusterDescription {
  /** As clients must reach them: they may have other names and ports than the ones that a client begins with. */
  readonly brokers: readonly BrokerAddress[];
  /** Those that this user may describe (Read implies it); others are left out in silence. Sorted. */
  readonly topics: readonly string[];
}

/**
 * Asks a cluster for its brokers and for the topics that this user's rights show.
 * @throws PipelineError `kafkaUnreachable` after `patienceMs` (default: 5 s), `kafkaAuthentication`
 */
export async function describeCluster(
  connection: KafkaConnection,
  log: Log,
  { patienceMs = 5000 }: { readonly patienceMs?: number } = {},
): Promise<ClusterDescription> {
  const link = new ClusterLink(connection, log);
  try {
    const { brokers, topics } = await withCluster(
      link,
      { patienceMs, signal: new AbortController().signal, resource: "the cluster" },
      (cluster) => fetchMetadata(cluster, null),
    );
    return { brokers, topics: topics.map(({ topic }) => topic).sort() };
  } finally {
    link.close();
  }
}
