import type Cluster from "kafkajs/src/cluster/index.js";
import type { ClusterLink } from "./cluster-link.ts";
import { toPipelineError } from "./errors.ts";
import { LanePump, type PumpProducer, type PumpRole } from "./lane-pump.ts";
import { withCluster } from "./retry.ts";
import type { SendLane } from "./send-lane.ts";
import type { OutgoingRecord, RecordSender, TopicPosition } from "./types.ts";

const connectPatienceMs = 5000;
const closePatienceMs = 10_000;
/** Unused: a producer without a transactional id has no transactions. */
const transactionTimeoutMs = 60_000;

/** Publishes records idempotently: each is written once and in order, whatever is repeated. */
export class Sender implements RecordSender {
  readonly #link: ClusterLink;
  readonly #closing = new AbortController();
  readonly #pump: LanePump;
  #producer: PumpProducer | null = null;

  constructor(link: ClusterLink) {
    this.#link = link;
    this.#pump = new LanePump(link, this.#role());
  }

  /** Connects and gets a producer id, so that a cluster out of reach or a wrong password shows at the start. */
  async open(): Promise<void> {
    const patience = { patienceMs: connectPatienceMs, signal: this.#closing.signal, resource: "any topic (writing)" };
    this.#producer = await withCluster(this.#link, patience, initialise);
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly TopicPosition[]> {
    return this.#pump.send(topic, records);
  }

  async close(): Promise<void> {
    await this.#pump.close(closePatienceMs);
    this.#closing.abort();
  }

  #role(): PumpRole {
    return {
      transactionalId: null,
      check: () => undefined,
      producer: async (cluster, lanes) => {
        this.#renewProducerIfLost(lanes);
        this.#producer ??= await initialise(cluster);
        return this.#producer;
      },
      admit: async () => undefined,
      describe: (error, topic) => {
        const context = topic === undefined ? {} : { resource: `the topic ${topic}` };
        return toPipelineError(error, { ...this.#link.connection, ...context });
      },
      onGivenUp: () => undefined,
    };
  }

  /** Where a lane's sequence is lost, all begin anew under another producer id, once all that may be written already is answered. */
  #renewProducerIfLost(lanes: readonly SendLane[]): void {
    if (!lanes.some((lane) => lane.lostSequence)) return;
    if (lanes.some((lane) => lane.isUnderWay || (!lane.lostSequence && lane.hasUnresolved))) return;
    this.#producer = null;
    for (const lane of lanes) lane.restartSequence();
  }
}

async function initialise(cluster: Cluster): Promise<PumpProducer> {
  const broker = await cluster.brokerPool.findConnectedBroker();
  const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: transactionTimeoutMs });
  return { producerId: BigInt(producerId), producerEpoch, transactional: false };
}
