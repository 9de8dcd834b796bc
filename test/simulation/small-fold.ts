import type { FoldSink, PartitionFold, StateCodec } from "../../enricher/unit/partition-fold.ts";
import type { Random } from "../../local/simulator/random.ts";
import type { IncomingRecord } from "../../runtime/kafka/types.ts";

/** A fold that costs little and has what matters: outputs of none, one and many, state by symbol, and a record that changes many symbols. */
export interface SmallState {
  count: number;
  readonly symbols: Map<string, { sum: number; since: number }>;
}

const symbols = ["A", "B", "C", "D", "E"];

/** A raw value: "A 5" adds, "A ~5" adds and says nothing, "tick" ends what was added of every symbol, anything else is a dead letter. */
export function smallRawText(random: Random): string {
  const draw = random.uniform();
  if (draw < 0.08) return "tick";
  if (draw < 0.11) return "poison";
  return `${random.pick(symbols)} ${random.chance(0.1) ? "~" : ""}${random.between(-9, 9)}`;
}

const codec: StateCodec<SmallState> = {
  schemaVersion: 1,
  readableVersions: [1],
  symbols: (state) => state.symbols.keys(),
  symbolText(state, symbol) {
    const known = state.symbols.get(symbol);
    return known === undefined ? null : JSON.stringify(known);
  },
  partitionText: ({ count }) => JSON.stringify({ count }),
  restore(partition, states) {
    const { count } = partition as { count: number };
    return { count, symbols: new Map(states) as SmallState["symbols"] };
  },
};

export const smallFold: PartitionFold<SmallState> = {
  codec,
  initial: () => ({ count: 0, symbols: new Map() }),
  fold(state, partition, record, sink) {
    state.count++;
    const text = record.value?.toString() ?? "";
    if (text === "tick") endAll(state, partition, record, sink);
    else if (/^[A-E] /.test(text)) add(state, partition, record, text, sink);
    else publish("dead-letter", partition, record, 0, "-", text, sink);
  },
  watermarkMicros: (state) => state.count,
  sessionDate: (state) => `2024-07-${String(1 + Math.floor(state.count / 40)).padStart(2, "0")}`,
};

function add(state: SmallState, partition: number, record: IncomingRecord, text: string, sink: FoldSink): void {
  const [symbol = "", amount = ""] = text.split(" ");
  const known = state.symbols.get(symbol) ?? { sum: 0, since: 0 };
  state.symbols.set(symbol, known);
  known.sum += Number(amount.replace("~", ""));
  known.since++;
  sink.touched.add(symbol);
  if (amount.startsWith("~")) return;
  publish("enriched", partition, record, 0, symbol, `${state.count} ${known.sum} ${known.since}`, sink);
  if (known.sum % 7 === 0) publish("alerts", partition, record, 1, symbol, `${known.sum}`, sink);
}

function endAll(state: SmallState, partition: number, record: IncomingRecord, sink: FoldSink): void {
  let index = 0;
  for (const symbol of [...state.symbols.keys()].sort()) {
    const known = state.symbols.get(symbol);
    if (known === undefined || known.since === 0) continue;
    publish("candles", partition, record, index++, symbol, `${known.sum} ${known.since}`, sink);
    known.since = 0;
    sink.touched.add(symbol);
  }
}

function publish(
  topic: string,
  partition: number,
  raw: IncomingRecord,
  index: number,
  key: string,
  value: string,
  { outbox }: FoldSink,
): void {
  outbox?.add(topic, {
    partition,
    key,
    value,
    headers: {
      "source-offset": String(raw.offset),
      "source-index": String(index),
      "enriched-time": outbox.enrichedTime,
    },
  });
}
