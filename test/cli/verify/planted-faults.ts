import type { PartitionState } from "../../../enricher/operators/state.ts";
import { Outbox } from "../../../enricher/unit/outbox.ts";
import type { PartitionFold } from "../../../enricher/unit/partition-fold.ts";
import type { OutgoingRecord } from "../../../runtime/kafka/types.ts";
import { topics } from "../../support/broker.ts";
import { outboxRecords } from "../../support/outbox-records.ts";

/** A fault of an enricher: what it publishes instead of an output. */
export type Plant = "missing" | "duplicated" | "different" | "otherKey" | "otherStage" | "otherReason" | "noPlace";

/** An enricher's fold with faults in the outputs of one partition, by raw offset. */
export function withPlants(
  fold: PartitionFold<PartitionState>,
  planted: number,
  plants: ReadonlyMap<number, Plant>,
): PartitionFold<PartitionState> {
  return {
    ...fold,
    fold(state, partition, record, sink) {
      const plant = partition === planted ? plants.get(record.offset) : undefined;
      if (plant === undefined || sink.outbox === null) return fold.fold(state, partition, record, sink);
      const outbox = new Outbox(Number(sink.outbox.enrichedTime));
      fold.fold(state, partition, record, { touched: sink.touched, outbox });
      for (const [topic, records] of outboxRecords(outbox)) {
        const isSpoilt = topic === topics.enriched || topic === topics.deadLetter;
        const sent = isSpoilt ? records.flatMap((each) => spoilt(each, plant)) : records;
        for (const each of sent) sink.outbox.add(topic, each);
      }
    },
  };
}

function spoilt(record: OutgoingRecord, plant: Plant): readonly OutgoingRecord[] {
  const { headers } = record;
  switch (plant) {
    case "missing":
      return [];
    case "duplicated":
      return [record, record];
    case "different":
      return [{ ...record, value: String(record.value).replace('"bidSize":1', '"bidSize":9') }];
    case "otherKey":
      return [{ ...record, key: "TSLA" }];
    case "otherStage":
      return [{ ...record, headers: { ...headers, stage: "indexer" } }];
    case "otherReason":
      return [{ ...record, headers: { ...headers, reason: "badPrice" } }];
    case "noPlace": {
      const { "source-offset": _, ...rest } = headers;
      return [{ ...record, headers: rest }];
    }
    default:
      return plant satisfies never;
  }
}
