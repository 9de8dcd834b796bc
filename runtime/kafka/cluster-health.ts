import type { Log } from "../log/log.ts";
import { ClusterLink } from "./cluster-link.ts";
import { fetchMetadata } from "./topic-metadata.ts";
import type { KafkaConnection } from "./types.ts";

/**
 * Whether a cluster takes this connection and describes itself: TLS, password and metadata are then all up. One try; rejects with the
 * client library's error where that fails.
 */
export async function clusterAnswers(connection: KafkaConnection, log: Log): Promise<boolean> {
  const link = new ClusterLink(connection, log);
  try {
    const { brokerCount } = await fetchMetadata(await link.cluster(), []);
    return brokerCount > 0;
  } finally {
    link.close();
  }
}
