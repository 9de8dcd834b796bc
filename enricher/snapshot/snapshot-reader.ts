import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import type { StateCodec } from "../unit/partition-fold.ts";
import { partitionKey, readSnapshotValue, SnapshotIndex, type SnapshotValue } from "./snapshot-records.ts";

/** A state as it was at a raw offset. */
export interface RestoredState<State> {
  readonly state: State;
  /** The next raw offset to fold. */
  readonly offset: number;
  readonly index: SnapshotIndex;
}

/** A snapshot of every symbol of the partition, written once in a session (D2). */
export interface SessionSnapshot {
  readonly date: string;
  readonly offset: number;
  readonly keys: readonly string[];
}

/** Why a partition's snapshot cannot be used; the log is folded from its beginning then. */
export type SnapshotFault = "none" | "unreadable" | "incomplete" | "pastCommitted";

/** Takes the state topic's records of one partition in log order, and keeps of each key the last. */
export class SnapshotReader<State> {
  readonly #codec: StateCodec<State>;
  readonly #logId: string;
  readonly #latest = new Map<string, Buffer>();

  constructor(codec: StateCodec<State>, logId: string) {
    this.#codec = codec;
    this.#logId = logId;
  }

  take(records: readonly IncomingRecord[]): void {
    for (const { key, value } of records) {
      if (key === null) continue;
      const name = key.toString("utf8");
      if (value === null) this.#latest.delete(name);
      else this.#latest.set(name, value);
    }
  }

  /** The sessions that have a snapshot of their own: the date, its raw offset, its keys. */
  sessions(): readonly SessionSnapshot[] {
    const sessions = new Map<string, string[]>();
    for (const name of this.#latest.keys()) {
      const at = name.lastIndexOf("@");
      if (at < 0) continue;
      const date = name.slice(at + 1);
      const keys = sessions.get(date);
      if (keys === undefined) sessions.set(date, [name]);
      else keys.push(name);
    }
    return [...sessions].map(([date, keys]) => {
      const value = this.#read(`${partitionKey}@${date}`);
      // What nothing can be made of any more may go at once.
      return { date, offset: value === null ? -1 : value.offset, keys };
    });
  }

  /** The symbols that have a value, readable or not: those that a state rebuilt from the log does not know have to go. */
  symbols(): readonly string[] {
    return [...this.#latest.keys()].filter((name) => name !== partitionKey && !name.includes("@"));
  }

  /** The latest state, if it is whole and not past what the group has committed (a null committed offset is before all). */
  restore(committed: number | null): RestoredState<State> | SnapshotFault {
    if (!this.#latest.has(partitionKey)) return "none";
    const partition = this.#read(partitionKey);
    if (partition === null) return "unreadable";
    if (committed === null || partition.offset > committed) return "pastCommitted";
    const index = new SnapshotIndex();
    const symbols = new Map<string, unknown>();
    for (const name of this.#latest.keys()) {
      if (name === partitionKey || name.includes("@")) continue;
      const value = this.#read(name);
      // Of another version or log, it was left behind by what this snapshot has replaced: if it was not, the sum shows it.
      if (value === null || value.offset > partition.offset) continue;
      index.note(name, value.offset);
      symbols.set(name, value.state);
    }
    const { sum } = partition;
    if (sum?.symbols !== index.sum.symbols || sum.offsets !== index.sum.offsets) return "incomplete";
    try {
      return { state: this.#codec.restore(partition.state, symbols), offset: partition.offset, index };
    } catch {
      return "unreadable";
    }
  }

  #read(name: string): SnapshotValue | null {
    const value = this.#latest.get(name);
    return value === undefined ? null : readSnapshotValue(value, this.#codec.schemaVersion, this.#logId);
  }
}
