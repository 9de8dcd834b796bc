import type Cluster from "kafkajs/src/cluster/index.js";
import type { ClusterLink } from "./cluster-link.ts";
import { knowLeaders } from "./know-leaders.ts";
import { withCluster } from "./retry.ts";

const coordinatorTypes = { group: 0, transaction: 1 } as const;
const descriptions = { group: "the group", transaction: "the transactional id" } as const;

/** What a coordinator keeps: a group, or the transactions of one id. */
export interface Coordinated {
  readonly kind: keyof typeof coordinatorTypes;
  readonly name: string;
}

/** The broker that keeps a group or a transactional id; it is searched anew after any fault, because it may have moved. */
export class CoordinatorLink {
  readonly #link: ClusterLink;
  readonly #coordinated: Coordinated;
  readonly #signal: AbortSignal;
  #known: { readonly cluster: Cluster; readonly broker: Cluster.Broker } | null = null;

  constructor(link: ClusterLink, coordinated: Coordinated, signal: AbortSignal) {
    this.#link = link;
    this.#coordinated = coordinated;
    this.#signal = signal;
  }

  /** Does work on the coordinator, and again while the faults are such that it helps (`withCluster`), and until a signal of its own. */
  async on<T>(
    patienceMs: number,
    work: (broker: Cluster.Broker, cluster: Cluster) => Promise<T>,
    signal = this.#signal,
  ): Promise<T> {
    const { kind, name } = this.#coordinated;
    const patience = { patienceMs, signal, resource: `${descriptions[kind]} ${name}` };
    return withCluster(this.#link, patience, async (cluster) => {
      try {
        const broker = this.#knownIn(cluster) ?? (await findCoordinator(cluster, this.#coordinated));
        this.#known = { cluster, broker };
        return await work(broker, cluster);
      } catch (error) {
        this.#known = null;
        throw error;
      }
    });
  }

  /** One that was let go after a fault is not to be used again. */
  #knownIn(cluster: Cluster): Cluster.Broker | null {
    if (this.#known === null || this.#known.cluster !== cluster) return null;
    const { broker } = this.#known;
    return cluster.brokerPool.brokers[broker.nodeId] === broker ? broker : null;
  }
}

/** kafkajs's own search hides the reason of a refusal, so that a denied group looks like a missing one. */
export async function findCoordinator(cluster: Cluster, { kind, name }: Coordinated): Promise<Cluster.Broker> {
  const broker = await cluster.brokerPool.findConnectedBroker();
  const { coordinator } = await broker.findGroupCoordinator({
    groupId: name,
    coordinatorType: coordinatorTypes[kind],
  });
  await knowLeaders(cluster, []);
  return cluster.findBroker({ nodeId: coordinator.nodeId });
}
