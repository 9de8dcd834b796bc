import { partitionOf } from "../../domain/partition.ts";
import { formatEventTime } from "../../domain/time/event-time.ts";
import { defaultPartitions } from "../../domain/topics.ts";
import { pause } from "../../runtime/clock/pause.ts";
import type { OutgoingRecord, RecordSender } from "../../runtime/kafka/types.ts";

/** Quotes that keep coming while everything around them breaks. */
export interface RunningLoad {
  /** How many quotes were made so far. */
  readonly quotes: number;
  /** Stops after a last heartbeat far enough ahead to close every window; resolves when all is acknowledged. */
  stop(): Promise<{ readonly quotes: number }>;
}

export interface LoadOptions {
  readonly sender: RecordSender;
  readonly topic: string;
  readonly quotesPerSecond: number;
  readonly random: () => number;
}

const symbols = Array.from({ length: 60 }, (_, n) => `S${String.fromCharCode(65 + (n % 26))}${Math.floor(n / 26)}`);
const beatMs = 20;
const startMicros = Date.parse("2024-07-11T14:30:00Z") * 1000;

/**
 * Publishes raw quotes of sixty symbols, in bursts, with a heartbeat a second of market time and a poison record now and then.
 * Market time runs ten times as fast as the clock, so that windows close in seconds.
 */
export function startLoad({ sender, topic, quotesPerSecond, random }: LoadOptions): RunningLoad {
  const stopping = new AbortController();
  let quotes = 0;
  let beats = 0;
  const run = async () => {
    while (!stopping.signal.aborted) {
      const micros = startMicros + beats++ * beatMs * 10_000;
      const records: OutgoingRecord[] = beats % 5 === 1 ? heartbeats(micros) : [];
      const count = Math.round((quotesPerSecond * beatMs * 2 * random()) / 1000);
      for (let n = 0; n < count; n++) records.push(quote(micros + n, quotes++, random));
      if (beats % 97 === 0) records.push(record("S", "not json"));
      await sender.send(topic, records);
      await pause(beatMs, stopping.signal);
    }
    await sender.send(topic, heartbeats(startMicros + beats * beatMs * 10_000 + 400_000_000));
  };
  const ended = run();
  ended.catch(() => undefined);
  return {
    get quotes() {
      return quotes;
    },
    async stop() {
      stopping.abort();
      await ended;
      return { quotes };
    },
  };
}

function quote(micros: number, n: number, random: () => number): OutgoingRecord {
  const symbol = symbols[Math.floor(random() * symbols.length)] ?? "S";
  const bid = 100 + Math.floor(random() * 400) / 100;
  const t = formatEventTime({ micros: micros - Math.floor(random() * 1_500_000), nanos: n % 1000 });
  const fields = { T: "q", S: symbol, bx: "N", bp: bid, bs: 1, ax: "Q", ap: bid + 0.02, as: 2, c: ["R"], t, z: "A" };
  return record(symbol, JSON.stringify(fields));
}

function record(symbol: string, value: string): OutgoingRecord {
  return { partition: partitionOf(symbol, defaultPartitions), key: symbol, value, headers: { "received-time": "0" } };
}

function heartbeats(micros: number): OutgoingRecord[] {
  const value = JSON.stringify({ T: "heartbeat", t: formatEventTime({ micros, nanos: 0 }) });
  return Array.from({ length: defaultPartitions }, (_, partition) => ({ partition, key: null, value, headers: {} }));
}
