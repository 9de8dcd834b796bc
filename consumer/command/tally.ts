import type { StageReport } from "../../runtime/metrics/report.ts";
import type { FeedRecord } from "../feed-record.ts";
import type { FeedStream } from "../feed-stream.ts";
import { LatencyWindow } from "./latency.ts";
import { LatestPrices } from "./latest-prices.ts";

/** Every how many records the delay is measured: often enough for percentiles, and cheap. */
const latencyEvery = 16;

/** Counts what was printed, for the process that started this one. */
export class Tally {
  records = 0;
  #quotes = 0;
  readonly #prices = new LatestPrices();
  readonly #latency = new LatencyWindow();
  readonly #stream: Pick<FeedStream<FeedRecord>, "positions">;
  readonly #nowMs: () => number;

  constructor(stream: Pick<FeedStream<FeedRecord>, "positions">, nowMs: () => number) {
    this.#stream = stream;
    this.#nowMs = nowMs;
  }

  add(records: readonly FeedRecord[]): void {
    const nowMs = this.#nowMs();
    for (const record of records) {
      if (this.records++ % latencyEvery === 0) this.#measure(record, nowMs);
      if (record.kind !== "quote") continue;
      this.#quotes++;
      this.#prices.note(record);
    }
  }

  report(): StageReport {
    const [p50, p99] = [this.#latency.percentile(50), this.#latency.percentile(99)];
    const gauges = p50 === undefined || p99 === undefined ? {} : { latencyMsP50: p50, latencyMsP99: p99 };
    return {
      stage: "consumer",
      state: "running",
      metrics: { counts: { records: this.records, quotes: this.#quotes }, gauges, moments: {} },
      positions: this.#stream.positions(),
      prices: this.#prices.snapshot(),
    };
  }

  #measure(record: FeedRecord, nowMs: number): void {
    const receivedMicros = record.receivedTimeMicros;
    if (receivedMicros !== null) this.#latency.add(nowMs - receivedMicros / 1000);
  }
}
