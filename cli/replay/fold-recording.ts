import { nyse } from "../../domain/calendar/nyse.ts";
import { decodeMessage, decodeRaw } from "../../domain/messages/decode.ts";
import { isMarketMessage, type RawRecord } from "../../domain/messages/raw-record.ts";
import type { RejectReason } from "../../domain/messages/reject-reason.ts";
import { partitionOf } from "../../domain/partition.ts";
import type { ControlEntry, LogEntry, StreamMessage } from "../../domain/raw-log/entries.ts";
import { RecordedLog } from "../../domain/raw-log/recorded-log.ts";
import type { ReferenceData } from "../../domain/references/reference-records.ts";
import { referenceRecords } from "../../domain/references/reference-records.ts";
import type { SettingsDocument } from "../../domain/settings.ts";
import { parseEventTime } from "../../domain/time/event-time.ts";
import type { Output } from "../../enricher/operators/output.ts";
import type { PartitionState } from "../../enricher/operators/state.ts";
import { createTopology } from "../../enricher/topology.ts";

/** A line of a recording, parsed once for both the raw log's order and the fold. */
interface Line extends StreamMessage {
  readonly text: string;
  readonly record: RawRecord | RejectReason;
}

export interface FoldOptions {
  readonly settings: SettingsDocument;
  readonly references: ReferenceData;
  /** The recording's symbols. */
  readonly symbols: readonly string[];
  readonly partitions: number;
  /** Told every output in order, with the raw text that caused it. */
  readonly onOutput: (output: Output, rawText: string) => void;
}

/** A recording on its way through the fold. */
export interface RecordingFold {
  /** Folds the next lines. */
  push(lines: readonly string[]): void;
  /** Folds what waited, and the heartbeat that closes every window. */
  end(): void;
}

/**
 * Folds a recording with no broker, as the pipeline would: the same control records in the same order, the same partitioner, records for every
 * partition run through them in partition order.
 */
export function foldRecording(options: FoldOptions): RecordingFold {
  const topology = createTopology(nyse);
  const states = Array.from({ length: options.partitions }, () => topology.initial());
  const log = new RecordedLog<Line>(options.settings, nyse, options.symbols);
  const entries: LogEntry<Line>[] = [];
  const partitions = new Map<string, number>();

  const stateOf = (symbol: string | null): PartitionState => {
    let partition = symbol === null ? 0 : partitions.get(symbol);
    if (partition === undefined) {
      partition = partitionOf(symbol ?? "", options.partitions);
      partitions.set(symbol ?? "", partition);
    }
    return states[partition] as PartitionState;
  };
  const fold = (state: PartitionState, record: RawRecord | RejectReason, text: string) => {
    for (const output of topology.fold(state, record)) options.onOutput(output, text);
  };
  const foldControl = (control: ControlEntry) => {
    const record = decodeMessage(JSON.parse(control.value));
    for (const state of control.symbol === null ? states : [stateOf(control.symbol)])
      fold(state, record, control.value);
  };
  const drain = () => {
    for (const entry of entries) {
      if (entry.kind === "message") fold(stateOf(entry.symbol), entry.record, entry.text);
      else if (entry.kind === "control") foldControl(entry);
      else for (const control of referenceRecords(entry, options.references)) foldControl(control);
    }
    entries.length = 0;
  };

  log.begin(entries);
  return {
    push(lines) {
      for (const text of lines) log.push(parseLine(text), entries);
      drain();
    },
    end() {
      log.end(entries);
      drain();
    },
  };
}

/** Parses a line once. One that is no record may still have a symbol and a readable time, by which it takes its place. */
function parseLine(text: string): Line {
  const record = decodeRaw(Buffer.from(text));
  if (typeof record === "object" && isMarketMessage(record)) {
    return { kind: "message", symbol: record.symbol, time: record, text, record };
  }
  if (record === "tooLarge" || record === "notJson") return { kind: "message", symbol: null, time: null, text, record };
  const value: unknown = JSON.parse(text);
  const fields = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const symbol = typeof fields["S"] === "string" && fields["S"] !== "" ? fields["S"] : null;
  const time = typeof fields["t"] === "string" ? parseEventTime(fields["t"]) : null;
  return { kind: "message", symbol, time, text, record };
}
