import type { TradingCalendar } from "../../domain/calendar/calendar.ts";
import { decodeRaw } from "../../domain/messages/decode.ts";
import { json } from "../../domain/records/json-writer.ts";
import type { TopicNames } from "../../domain/topics.ts";
import { readValue } from "../../runtime/kafka/fetched-record.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import { countOutput } from "../counts.ts";
import type { Output, OutputSink } from "../operators/output.ts";
import { sessionOf } from "../operators/reference.ts";
import { never, type PartitionState } from "../operators/state.ts";
import { OutputHeaders } from "../output-headers.ts";
import { publication, type Source } from "../publish.ts";
import { marketCodec } from "../snapshot/market-codec.ts";
import { createTopology } from "../topology.ts";
import type { FoldSink, PartitionFold } from "./partition-fold.ts";

export interface MarketFoldOptions {
  readonly calendar: TradingCalendar;
  readonly topics: TopicNames;
  /** Kafka's topic id of the raw topic (D4). */
  readonly logId: string;
}

/** The market's topology over raw records as Kafka has them: decoded, folded, and made records to publish. */
export function marketFold({ calendar, topics, logId }: MarketFoldOptions): PartitionFold<PartitionState> {
  const topology = createTopology(calendar);
  const publisher = new Publisher();
  const sources: Source[] = [];
  const sourceOf = (partition: number): Source => {
    let source = sources[partition];
    if (source === undefined) {
      source = { partition, headers: new OutputHeaders(partition, logId), topics };
      sources[partition] = source;
    }
    return source;
  };
  return {
    codec: marketCodec,
    initial: () => topology.initial(),
    fold(state, partition, raw, sink) {
      const record = readValue(raw, decodeRaw);
      const letGo = state.tradesLetGo;
      publisher.begin(sourceOf(partition), raw, sink);
      topology.foldTo(state, record, publisher);
      if (state.tradesLetGo > letGo) sink.outbox?.counts.add("tradesLetGo", state.tradesLetGo - letGo);
      // What changes a symbol's state names it, or publishes a candle of it; what time alone lets go of follows from the clock.
      if (typeof record !== "string" && "symbol" in record && record.symbol !== null) sink.touched.add(record.symbol);
      sink.outbox?.counts.add("records");
    },
    watermarkMicros: (state) => state.clock.watermarkMicros,
    sessionDate({ clock: { watermarkMicros } }) {
      return watermarkMicros === never ? null : (sessionOf(calendar, watermarkMicros)?.date ?? null);
    },
  };
}

/** Publishes the outputs of one raw record after the other, each as the fold gives it: none of them is kept. */
class Publisher implements OutputSink {
  #source: Source | undefined;
  #raw: IncomingRecord | undefined;
  #sink: FoldSink | undefined;
  #index = 0;

  begin(source: Source, raw: IncomingRecord, sink: FoldSink): void {
    this.#source = source;
    this.#raw = raw;
    this.#sink = sink;
    this.#index = 0;
  }

  push(output: Output): void {
    const source = this.#source;
    const raw = this.#raw;
    const sink = this.#sink;
    if (source === undefined || raw === undefined || sink === undefined) throw new RangeError("No record is folded");
    if (output.stream === "candles") sink.touched.add(output.key);
    const index = this.#index++;
    const { outbox } = sink;
    if (outbox !== null) {
      const { topic, record } = publication(source, raw, output, index, outbox.enrichedTime);
      outbox.add(topic, record);
      countOutput(outbox.counts, output);
    }
    // The outbox has it encoded.
    if (output.stream !== "deadLetter") json.giveBack(output.value);
  }
}
