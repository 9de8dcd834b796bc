import type Cluster from "kafkajs/src/cluster/index.js";
import protocolErrors from "kafkajs/src/protocol/error.js";
import type { ClusterLink } from "./cluster-link.ts";
import { type FaultKind, faultKind, toPipelineError } from "./errors.ts";
import { type PartitionAnswer, produce } from "./produce-request.ts";
import { RecordBatchWriter } from "./record-batch-writer.ts";
import { closedError, pause, withCluster } from "./retry.ts";
import { type LaneBatch, SendLane } from "./send-lane.ts";
import { SendTicket } from "./send-ticket.ts";
import type { OutgoingRecord, RecordSender, TopicPosition } from "./types.ts";

/** Kafka's default limit is 1 MiB a batch. */
const batchBytesMax = 900_000;
const requestBytesMax = 4_000_000;
/** More than five would outrun what a broker remembers of a producer, and repeats could be written twice. */
const requestsPerBrokerMax = 5;
const retryDelayMs = 50;
const connectPatienceMs = 5000;
const unknownTopicPatienceMs = 5000;
const closePatienceMs = 10_000;
/** Unused: a producer without a transactional id has no transactions. */
const transactionTimeoutMs = 60_000;

interface Producer {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly transactional: boolean;
}

/**
 * Publishes records idempotently. Records wait in a lane for each partition; whenever a broker may take another request, one
 * batch of each lane that it leads goes along, so that batches grow by themselves under load and nothing lingers without.
 */
export class Sender implements RecordSender {
  readonly #link: ClusterLink;
  readonly #closing = new AbortController();
  readonly #writer = new RecordBatchWriter(batchBytesMax);
  readonly #lanes = new Map<string, SendLane>();
  readonly #requestsByNode = new Map<number, number>();
  readonly #topicTroubleMs = new Map<string, number>();
  #producer: Producer | null = null;
  #pumping: Promise<void> | null = null;
  #isClosed = false;

  constructor(link: ClusterLink) {
    this.#link = link;
  }

  /** Connects and gets a producer id, so that a cluster out of reach or a wrong password shows at the start. */
  async open(): Promise<void> {
    const patience = { patienceMs: connectPatienceMs, signal: this.#closing.signal, resource: "any topic (writing)" };
    await withCluster(this.#link, patience, (cluster) => this.#initialise(cluster));
  }

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly TopicPosition[]> {
    if (this.#isClosed) return Promise.reject(closedError());
    const ticket = new SendTicket(topic, records.length);
    for (const [partition, ofPartition] of Map.groupBy(records, (record) => record.partition)) {
      this.#lane(topic, partition).add(ticket, ofPartition);
    }
    this.#wake();
    return ticket.promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const lastMs = performance.now() + closePatienceMs;
    while ([...this.#lanes.values()].some((lane) => !lane.isIdle) && performance.now() < lastMs) {
      this.#wake();
      await pause(5, this.#closing.signal);
    }
    this.#closing.abort();
    this.#link.close();
    await this.#pumping;
    for (const lane of this.#lanes.values()) lane.fail(closedError());
  }

  #lane(topic: string, partition: number): SendLane {
    const name = `${topic}/${partition}`;
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = new SendLane(topic, partition);
    this.#lanes.set(name, lane);
    return lane;
  }

  #wake(): void {
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null;
      if (!this.#closing.signal.aborted && this.#sendable().length > 0 && this.#hasRoom()) this.#wake();
    });
  }

  #hasRoom(): boolean {
    return [...this.#requestsByNode.values()].every((count) => count < requestsPerBrokerMax);
  }

  #sendable(): SendLane[] {
    const lanes = [...this.#lanes.values()];
    const onlyAgain = lanes.some((lane) => lane.lostSequence);
    return lanes.filter((lane) => lane.canSend(onlyAgain));
  }

  async #pump(): Promise<void> {
    // Sends of one turn of the event loop go together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    let cluster: Cluster | null = null;
    try {
      cluster = await this.#link.cluster();
      this.#renewProducerIfLost();
      if (this.#producer === null) await this.#initialise(cluster);
      const { byLeader, trouble } = await this.#withLeaders(cluster, this.#sendable());
      await this.#dispatch(cluster, byLeader);
      if (trouble !== null) await this.#mend("metadata", trouble, cluster);
    } catch (error) {
      await this.#recover(error, cluster);
    }
  }

  async #recover(error: unknown, cluster: Cluster | null): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const kind = faultKind(error);
    if (kind === "fatal") {
      const fault = toPipelineError(error, this.#link.connection);
      for (const lane of this.#lanes.values()) lane.fail(fault);
      return;
    }
    await this.#mend(kind, error, cluster);
  }

  /** Makes ready for the next try. */
  async #mend(kind: FaultKind, error: unknown, cluster: Cluster | null): Promise<void> {
    if (kind === "connection") {
      if (cluster !== null) this.#link.drop(cluster);
      this.#link.reportTrouble(error);
    } else {
      await cluster?.refreshMetadata().catch(() => undefined);
    }
    await pause(retryDelayMs, this.#closing.signal);
  }

  async #initialise(cluster: Cluster): Promise<void> {
    const broker = await cluster.brokerPool.findConnectedBroker();
    const { producerId, producerEpoch } = await broker.initProducerId({ transactionTimeout: transactionTimeoutMs });
    this.#producer = { producerId: BigInt(producerId), producerEpoch, transactional: false };
  }

  /** Where a lane's sequence is lost, all begin anew under another producer id, once all that may be written already is answered. */
  #renewProducerIfLost(): void {
    const lanes = [...this.#lanes.values()];
    if (!lanes.some((lane) => lane.lostSequence)) return;
    if (lanes.some((lane) => lane.isUnderWay || (!lane.lostSequence && lane.hasUnresolved))) return;
    this.#producer = null;
    for (const lane of lanes) lane.restartSequence();
  }

  /** The lanes by the broker that leads them; a lane whose topic cannot be had is failed, or left for later (`trouble`). */
  async #withLeaders(cluster: Cluster, lanes: readonly SendLane[]) {
    const byLeader = new Map<number, SendLane[]>();
    let trouble: unknown = null;
    for (const [topic, ofTopic] of Map.groupBy(lanes, (lane) => lane.topic)) {
      try {
        await cluster.addMultipleTargetTopics([topic]);
        await cluster.refreshMetadataIfNecessary();
        const leaders = new Map(
          cluster.findTopicPartitionMetadata(topic).map((known) => [known.partitionId, known.leader]),
        );
        for (const lane of ofTopic) {
          const leader = leaders.get(lane.partition);
          if (leader === undefined || leader < 0)
            throw protocolErrors.createErrorFromCode(leader === undefined ? 3 : 5);
          const together = byLeader.get(leader);
          if (together === undefined) byLeader.set(leader, [lane]);
          else together.push(lane);
        }
        this.#topicTroubleMs.delete(topic);
      } catch (error) {
        if (faultKind(error) === "connection") throw error;
        if (!this.#failTopicIfHopeless(topic, error)) trouble = error;
      }
    }
    return { byLeader, trouble };
  }

  #failTopicIfHopeless(topic: string, error: unknown): boolean {
    const sinceMs = this.#topicTroubleMs.get(topic) ?? performance.now();
    this.#topicTroubleMs.set(topic, sinceMs);
    const isUnknown = (error as { type?: string }).type === "UNKNOWN_TOPIC_OR_PARTITION";
    const isPatient = !isUnknown || performance.now() - sinceMs < unknownTopicPatienceMs;
    if (faultKind(error) !== "fatal" && isPatient) return false;
    const fault = toPipelineError(error, { ...this.#link.connection, resource: `the topic ${topic}` });
    for (const lane of this.#lanes.values()) if (lane.topic === topic) lane.fail(fault);
    return true;
  }

  async #dispatch(cluster: Cluster, byLeader: ReadonlyMap<number, readonly SendLane[]>): Promise<void> {
    for (const [nodeId, lanes] of byLeader) {
      const broker = await cluster.findBroker({ nodeId });
      const producer = this.#producer;
      while (producer !== null && (this.#requestsByNode.get(nodeId) ?? 0) < requestsPerBrokerMax) {
        const batches = this.#fill(lanes, producer);
        if (batches.length === 0) break;
        void this.#request(cluster, broker, nodeId, batches);
      }
    }
  }

  #fill(lanes: readonly SendLane[], producer: Producer): LaneBatch[] {
    const onlyAgain = [...this.#lanes.values()].some((lane) => lane.lostSequence);
    const batches: LaneBatch[] = [];
    let bytes = 0;
    for (const lane of lanes) {
      if (bytes >= requestBytesMax || !lane.canSend(onlyAgain)) continue;
      const batch = lane.take(this.#writer, producer, Date.now());
      bytes += batch.bytes.length;
      batches.push(batch);
    }
    return batches;
  }

  async #request(
    cluster: Cluster,
    broker: Cluster.Broker,
    nodeId: number,
    batches: readonly LaneBatch[],
  ): Promise<void> {
    this.#requestsByNode.set(nodeId, (this.#requestsByNode.get(nodeId) ?? 0) + 1);
    try {
      const parts = batches.map(({ lane, bytes }) => ({ topic: lane.topic, partition: lane.partition, batch: bytes }));
      this.#take(await produce(broker, parts, null), batches, cluster);
    } catch (error) {
      for (const batch of batches) batch.lane.putBack(batch);
      await this.#recover(error, cluster);
    } finally {
      this.#requestsByNode.set(nodeId, (this.#requestsByNode.get(nodeId) ?? 1) - 1);
      this.#wake();
    }
  }

  #take(answers: readonly PartitionAnswer[], batches: readonly LaneBatch[], cluster: Cluster): void {
    const byLane = new Map(answers.map((answer) => [`${answer.topic}/${answer.partition}`, answer]));
    for (const batch of batches) {
      const { lane } = batch;
      const answer = byLane.get(`${lane.topic}/${lane.partition}`);
      if (answer?.errorCode === 0) {
        lane.acknowledge(batch, answer.baseOffset);
        this.#link.reportWell();
      } else this.#refuse(batch, protocolErrors.createErrorFromCode(answer?.errorCode ?? -1), cluster);
    }
  }

  #refuse(batch: LaneBatch, error: Error & { type: string }, cluster: Cluster): void {
    const { lane } = batch;
    if (error.type === "DUPLICATE_SEQUENCE_NUMBER") {
      lane.acknowledge(batch, -1);
      return;
    }
    if (error.type === "OUT_OF_ORDER_SEQUENCE_NUMBER" || error.type === "UNKNOWN_PRODUCER_ID") {
      lane.putBackOutOfOrder(batch);
      return;
    }
    lane.putBack(batch);
    const kind = faultKind(error);
    if (kind === "fatal") {
      lane.fail(toPipelineError(error, { ...this.#link.connection, resource: `the topic ${lane.topic}` }));
    } else {
      this.#link.reportTrouble(error);
      void this.#mend(kind === "connection" ? "wait" : kind, error, cluster);
    }
  }
}
