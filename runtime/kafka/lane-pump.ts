import type Cluster from "kafkajs/src/cluster/index.js";
import { pause } from "../clock/pause.ts";
import type { ClusterLink } from "./cluster-link.ts";
import { type FaultKind, faultKind } from "./errors.ts";
import { LaneLeaders } from "./lane-leaders.ts";
import { partitionName } from "./partition-name.ts";
import { type PartitionAnswer, produce } from "./produce-request.ts";
import { type BatchProducer, RecordBatchWriter } from "./record-batch-writer.ts";
import { closedError } from "./retry.ts";
import { type LaneBatch, SendLane } from "./send-lane.ts";
import { SendTicket } from "./send-ticket.ts";
import { kafkaFault } from "./transaction-faults.ts";
import type { EncodedBatch, OutgoingRecord, TopicPosition } from "./types.ts";

const requestBytesMax = 4_000_000;
/** More than five would outrun what a broker remembers of a producer, and repeats could be written twice. */
const requestsPerBrokerMax = 5;
const retryDelayMs = 50;

/** Who batches come from. */
export type PumpProducer = Omit<BatchProducer, "baseSequence">;

/** What a kind of sender decides for its pump. */
export interface PumpRole {
  readonly transactionalId: string | null;
  /** Called before every try, with or without a connection; throws where trying has no use any more. */
  check(): void;
  /** Who sends now; where a lane has lost its sequence, it begins all of them anew, or throws. */
  producer(cluster: Cluster, lanes: readonly SendLane[]): Promise<PumpProducer>;
  /** Makes the lanes' partitions ready to be written to, just before they are. */
  admit(lanes: readonly SendLane[]): Promise<void>;
  /** The fault for the outside. */
  describe(error: unknown, topic?: string): Error;
  /** Told when records have been given up. */
  onGivenUp(fault: Error): void;
}

/**
 * Moves records from lanes to brokers. Records wait in a lane for each partition; whenever a broker may take another request, one
 * batch of each lane that it leads goes along, so that batches grow by themselves under load and nothing lingers without.
 */
export class LanePump {
  readonly #link: ClusterLink;
  readonly #role: PumpRole;
  readonly #wait: typeof pause;
  readonly #closing = new AbortController();
  readonly #writer = new RecordBatchWriter();
  readonly #lanes = new Map<string, SendLane>();
  readonly #requestsByNode = new Map<number, number>();
  readonly #leaders = new LaneLeaders();
  /** Refused a moment ago. */
  readonly #resting = new Set<SendLane>();
  /** Where the batches are that a lane has under way. */
  readonly #nodes = new Map<SendLane, number>();
  /** Their leader has moved, and the old one has not answered for all that it was sent. */
  readonly #elsewhere = new Set<SendLane>();
  #pumping: Promise<void> | null = null;
  #isClosed = false;

  /** @param wait how it waits between tries */
  constructor(link: ClusterLink, role: PumpRole, wait = pause) {
    this.#link = link;
    this.#role = role;
    this.#wait = wait;
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

  /** The same for batches that are encoded already; resolves when all are acknowledged. */
  async sendBatches(batches: readonly EncodedBatch[]): Promise<void> {
    if (this.#isClosed) throw closedError();
    const tickets = batches.map((batch) => {
      const ticket = new SendTicket(batch.topic, batch.count);
      this.#lane(batch.topic, batch.partition).addBatch(ticket, batch);
      return ticket.promise;
    });
    this.#wake();
    await Promise.all(tickets);
  }

  /** Gives up all that is not acknowledged. */
  fail(fault: Error): void {
    this.#role.onGivenUp(fault);
    for (const lane of this.#lanes.values()) lane.fail(fault);
  }

  /** A new producer epoch begins. Only where nothing is on its way. */
  restartSequences(): void {
    for (const lane of this.#lanes.values()) lane.restartSequence();
  }

  /** Waits for what is under way, so long at most; what is left then is given up. */
  async close(patienceMs: number): Promise<void> {
    this.#isClosed = true;
    const lastMs = performance.now() + patienceMs;
    while ([...this.#lanes.values()].some((lane) => !lane.isIdle) && performance.now() < lastMs) {
      this.#wake();
      await this.#wait(5, this.#closing.signal);
    }
    this.#closing.abort();
    this.#link.close();
    await this.#pumping;
    for (const lane of this.#lanes.values()) lane.fail(closedError());
  }

  #lane(topic: string, partition: number): SendLane {
    const name = partitionName({ topic, partition });
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = new SendLane(topic, partition, this.#link.connection.compression);
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
    return lanes.filter((lane) => this.#canSend(lane, onlyAgain) && !this.#elsewhere.has(lane));
  }

  #canSend(lane: SendLane, onlyAgain: boolean): boolean {
    return !this.#resting.has(lane) && lane.canSend(onlyAgain);
  }

  async #pump(): Promise<void> {
    // Sends of one turn of the event loop go together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    let cluster: Cluster | null = null;
    try {
      this.#role.check();
      cluster = await this.#link.cluster();
      const producer = await this.#role.producer(cluster, [...this.#lanes.values()]);
      const { byLeader, missing, trouble } = await this.#leaders.find(cluster, this.#sendable());
      for (const [topic, error] of missing) this.#failTopic(topic, error);
      // Nothing to send begins nothing.
      if (byLeader.size > 0) await this.#role.admit([...byLeader.values()].flat());
      await this.#dispatch(cluster, byLeader, producer);
      if (trouble !== null) {
        this.#link.reportTrouble(trouble);
        await this.#mend("metadata", trouble, cluster);
      }
    } catch (error) {
      await this.#recover(error, cluster);
    }
  }

  #failTopic(topic: string, error: unknown): void {
    const fault = this.#role.describe(error, topic);
    this.#role.onGivenUp(fault);
    for (const lane of this.#lanes.values()) if (lane.topic === topic) lane.fail(fault);
  }

  async #recover(error: unknown, cluster: Cluster | null): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const kind = faultKind(error);
    if (kind === "fatal") this.fail(this.#role.describe(error));
    else await this.#mend(kind, error, cluster);
  }

  /** Makes ready for the next try. */
  async #mend(kind: FaultKind, error: unknown, cluster: Cluster | null): Promise<void> {
    if (kind === "connection") {
      if (cluster !== null) this.#link.drop(cluster, error);
      this.#link.reportTrouble(error);
    } else {
      await cluster?.refreshMetadata().catch(() => undefined);
    }
    await this.#wait(retryDelayMs, this.#closing.signal);
  }

  async #dispatch(
    cluster: Cluster,
    byLeader: ReadonlyMap<number, readonly SendLane[]>,
    producer: PumpProducer,
  ): Promise<void> {
    for (const [nodeId, led] of byLeader) {
      const lanes = this.#readyFor(nodeId, led);
      if (lanes.length === 0) continue;
      const broker = await cluster.findBroker({ nodeId });
      while ((this.#requestsByNode.get(nodeId) ?? 0) < requestsPerBrokerMax) {
        const batches = this.#fill(lanes, producer);
        if (batches.length === 0) break;
        void this.#request(cluster, broker, nodeId, batches);
      }
    }
  }

  /** What a broker remembers of a producer is five batches: a lane with some at its old leader would send more than that before it hears of them. */
  #readyFor(nodeId: number, lanes: readonly SendLane[]): readonly SendLane[] {
    return lanes.filter((lane) => {
      const isElsewhere = lane.isUnderWay && this.#nodes.get(lane) !== nodeId;
      if (isElsewhere) this.#elsewhere.add(lane);
      return !isElsewhere;
    });
  }

  #fill(lanes: readonly SendLane[], producer: PumpProducer): LaneBatch[] {
    const onlyAgain = [...this.#lanes.values()].some((lane) => lane.lostSequence);
    const batches: LaneBatch[] = [];
    let bytes = 0;
    for (const lane of lanes) {
      if (bytes >= requestBytesMax || !this.#canSend(lane, onlyAgain)) continue;
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
    for (const { lane } of batches) this.#nodes.set(lane, nodeId);
    try {
      const parts = batches.map(({ lane, bytes }) => ({ topic: lane.topic, partition: lane.partition, batch: bytes }));
      this.#take(await produce(broker, parts, this.#role.transactionalId), batches);
    } catch (error) {
      for (const batch of batches) batch.lane.putBack(batch);
      await this.#recover(error, cluster);
    } finally {
      this.#requestsByNode.set(nodeId, (this.#requestsByNode.get(nodeId) ?? 1) - 1);
      for (const { lane } of batches) this.#elsewhere.delete(lane);
      this.#wake();
    }
  }

  #take(answers: readonly PartitionAnswer[], batches: readonly LaneBatch[]): void {
    const byLane = new Map(answers.map((answer) => [partitionName(answer), answer]));
    for (const batch of batches) {
      const { lane } = batch;
      const answer = byLane.get(partitionName(lane));
      if (answer?.errorCode === 0) {
        lane.acknowledge(batch, answer.baseOffset);
        this.#link.reportWell();
      } else this.#refuse(batch, kafkaFault(answer?.errorCode ?? -1, lane.topic));
    }
  }

  #refuse(batch: LaneBatch, error: Error & { readonly type: string }): void {
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
      const fault = this.#role.describe(error, lane.topic);
      this.#role.onGivenUp(fault);
      lane.fail(fault);
    } else {
      this.#link.reportTrouble(error);
      if (kind === "metadata") this.#leaders.doubt(lane.topic);
      void this.#rest(lane);
    }
  }

  /** Sent again at once, a refused batch would go to and fro as fast as the network allows. */
  async #rest(lane: SendLane): Promise<void> {
    this.#resting.add(lane);
    await this.#wait(retryDelayMs, this.#closing.signal);
    this.#resting.delete(lane);
    this.#wake();
  }
}
