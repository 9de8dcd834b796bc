import { partitionOf } from "../../domain/partition.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import type { OutgoingRecord } from "../../runtime/kafka/types.ts";
import { type TestBroker, topics } from "./broker.ts";

/** A record of the raw log, or what only stands in the place of one. */
export interface RawLine {
  readonly symbol: string;
  readonly text: string | Buffer | null;
}

/** Writes to the raw log as the producer does, all received at one moment; resolves with where each stands. */
export async function publishRaw(broker: TestBroker, lines: readonly RawLine[]) {
  const records = lines.map(
    ({ symbol, text }): OutgoingRecord => ({
      partition: partitionOf(symbol, defaultPartitions),
      key: symbol,
      value: text,
      headers: { "received-time": "1720708200000000" },
    }),
  );
  const sender = await broker.kafkaFor("producer").sender();
  const places = await sender.send(topics.raw, records);
  await sender.close();
  return places;
}
