import { SnapshotReader } from "../../enricher/snapshot/snapshot-reader.ts";
import { Outbox } from "../../enricher/unit/outbox.ts";
import type { PartitionFold } from "../../enricher/unit/partition-fold.ts";
import type { IncomingRecord, OutgoingRecord } from "../../runtime/kafka/types.ts";
import { outboxRecords } from "../support/outbox-records.ts";
import { readBack } from "../support/read-back.ts";
import type { SimBroker } from "./sim-broker.ts";
import type { SimCluster } from "./sim-process.ts";

export const logId = "the-log";
export const stateTopic = "state";
export const outputTopics = ["enriched", "candles", "alerts", "dead-letter"];

/** Whether a unit said that it cannot go on with the partition. */
export function hasStopped({ told, partitionsOf }: SimCluster, partition: number): boolean {
  return [...told.stops].some((unit) => partitionsOf(unit).includes(partition));
}

export function isAtEnd(broker: SimBroker, partition: number): boolean {
  return (broker.committed.get(partition) ?? 0) === broker.rawEnd(partition);
}

/** What is wrong with what was published, and with the snapshots; none where all is as it must be. */
export function faultsOf<State>(cluster: SimCluster, fold: PartitionFold<State>): string[] {
  const { broker } = cluster;
  const failures: string[] = [];
  for (const [partition, log] of broker.raw.entries()) {
    const committed = broker.committed.get(partition) ?? 0;
    if (!hasStopped(cluster, partition) && !isAtEnd(broker, partition)) {
      failures.push(`partition ${partition}: committed ${committed}, end ${broker.rawEnd(partition)}`);
    }
    // What it said that it lacks, nothing is known of.
    if (cluster.told.losses.has(partition)) continue;
    const until = log.filter(({ offset }) => offset < committed);
    const { outbox, states } = foldAll(fold, partition, until, committed);
    const folded = outboxRecords(outbox);
    for (const topic of outputTopics) {
      const expected = (folded.get(topic) ?? []).map(comparable);
      const published = broker.readCommitted(topic, partition).map(comparable);
      const at = expected.findIndex((record, index) => record !== published[index]);
      if (at >= 0 || published.length !== expected.length) {
        const first = at < 0 ? expected.length : at;
        failures.push(
          `${topic}/${partition}: ${published.length} of ${expected.length}; #${first} is ${published[first]}, not ${expected[first]}`,
        );
      }
    }
    failures.push(...snapshotFaults(broker, fold, partition, states));
  }
  return failures;
}

/** A snapshot that recovery would use must be the state of the pure fold at its offset. */
function snapshotFaults<State>(
  broker: SimBroker,
  fold: PartitionFold<State>,
  partition: number,
  states: ReadonlyMap<number, string>,
): string[] {
  const restored = readerOf(broker, fold, partition).restore(broker.committed.get(partition) ?? null);
  if (typeof restored === "string") return [];
  const expected = states.get(restored.offset);
  const actual = stateText(fold, restored.state);
  return expected === actual ? [] : [`snapshot of ${partition} at ${restored.offset}: ${actual}, not ${expected}`];
}

/** The snapshots of a partition as recovery would see them now. */
export function readerOf<State>(
  broker: SimBroker,
  fold: PartitionFold<State>,
  partition: number,
): SnapshotReader<State> {
  const reader = new SnapshotReader(fold.codec, logId);
  reader.take(broker.readCommitted(stateTopic, partition).map(readBack));
  return reader;
}

/** What the log and its snapshots still give of a partition's state: a snapshot that stands before the log's beginning gives a part. */
export function whatIsKept<State>(
  broker: SimBroker,
  fold: PartitionFold<State>,
  partition: number,
): "all" | "part" | "nothing" {
  const begin = broker.begin(partition);
  const committed = broker.committed.get(partition) ?? null;
  if (begin === 0 || committed === null) return "all";
  const reader = readerOf(broker, fold, partition);
  const latest = reader.restore(committed);
  if (typeof latest !== "string") return latest.offset < begin ? "part" : "all";
  return reader.restoreSession("latest", begin, committed) === null ? "nothing" : "all";
}

/** The pure fold of one partition up to `end`, and the state before each offset. */
function foldAll<State>(fold: PartitionFold<State>, partition: number, log: readonly IncomingRecord[], end: number) {
  const outbox = new Outbox(0);
  const state = fold.initial();
  const states = new Map<number, string>();
  for (const [at, record] of log.entries()) {
    fold.fold(state, partition, record, { touched: new Set(), outbox });
    const next = log[at + 1]?.offset ?? end;
    const text = stateText(fold, state);
    for (let offset = record.offset + 1; offset <= next; offset++) states.set(offset, text);
  }
  return { outbox, states };
}

function stateText<State>({ codec }: PartitionFold<State>, state: State): string {
  const symbols = [...codec.symbols(state)].sort().map((symbol) => [symbol, codec.symbolText(state, symbol)]);
  return JSON.stringify([codec.partitionText(state), symbols]);
}

/** All of a record but when it was made. */
function comparable({ key, value, headers }: OutgoingRecord): string {
  return JSON.stringify([key, value, { ...headers, "enriched-time": "" }]);
}
