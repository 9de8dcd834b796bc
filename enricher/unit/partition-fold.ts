import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import type { Outbox } from "./outbox.ts";

/** Where a fold puts what it gives. */
export interface FoldSink {
  /** The symbols whose state may have changed: what the next snapshot has to hold. */
  readonly touched: Set<string>;
  /** Null in recovery: those outputs were published by then, and are dropped (D2). */
  outbox: Outbox | null;
}

/** The fold of one partition as its runner sees it: what a state is made of is not its business. */
export interface PartitionFold<State> {
  readonly codec: StateCodec<State>;
  initial(): State;
  /** Folds one raw record, changing the state. @throws PipelineError where the log asks for what this version cannot do */
  fold(state: State, partition: number, record: IncomingRecord, sink: FoldSink): void;
  /** How far the partition's time has come, microseconds since the epoch. */
  watermarkMicros(state: State): number;
  /** The session date of the watermark; null before any. */
  sessionDate(state: State): string | null;
}

/**
 * How a state is written down, symbol by symbol, so that a snapshot need hold only what has changed. Texts are JSON.
 * Restoring gives a state equal to the one written, whatever time passed for the symbols that were not written again.
 */
export interface StateCodec<State> {
  /** Of what is written. Raised whenever the shape or the meaning of the state changes. */
  readonly schemaVersion: number;
  /** Of what `restore` understands; a text of any other version is never read (D2). */
  readonly readableVersions: readonly number[];
  symbols(state: State): Iterable<string>;
  /** Null where the state knows nothing of the symbol. */
  symbolText(state: State, symbol: string): string | null;
  /** All that belongs to no one symbol: the clock, the settings. */
  partitionText(state: State): string;
  restore(partition: unknown, symbols: ReadonlyMap<string, unknown>): State;
}
