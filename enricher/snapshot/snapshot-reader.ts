import type { IncomingRecord } from "../../runtime/kafka/types.ts";
import type { StateCodec } from "../unit/partition-fold.ts";
import {
  partitionKey,
  readSnapshotValue,
  SnapshotIndex,
  type SnapshotValue,
  snapshotOffset,
} from "./snapshot-records.ts";

/** A state as it was at a raw offset. */
export interface RestoredState<State> {
  readonly state: State;
  /** The next raw offset to fold. */
  readonly offset: number;
  readonly index: SnapshotIndex;
}

/** A state as it was when a session's own snapshot was written. */
export interface RestoredSession<State> {
  readonly state: State;
  /** The next raw offset to fold. */
  readonly offset: number;
  readonly date: string;
}

/** A snapshot of every symbol of the partition, written once in a session (D2). */
export interface SessionSnapshot {
  readonly date: string;
  readonly offset: number;
  readonly keys: readonly string[];
}

/** Why a partition's latest snapshot cannot be used; the log is folded from a session's own or from its beginning then. */
export type SnapshotFault = "none" | "unreadable" | "incomplete" | "pastCommitted";

/** What a state was restored from. */
export interface Restored {
  /** Why it was not the latest snapshot. */
  readonly fault: SnapshotFault | null;
  /** Where the snapshot stands that it was; null where there was none to be used. */
  readonly offset: number | null;
}

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

  /** The furthest raw offset at which a snapshot of this raw log was committed, of whatever schema version; null where there is none. */
  newestOffset(): number | null {
    let newest: number | null = null;
    for (const [name, value] of this.#latest) {
      if (name !== partitionKey && !name.startsWith(`${partitionKey}@`)) continue;
      const offset = snapshotOffset(value, this.#logId);
      if (offset !== null && (newest === null || offset > newest)) newest = offset;
    }
    return newest;
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
    const names = this.symbols();
    // Of another version or log, or behind the snapshot, it was left by what this snapshot has replaced: if it was not, the sum shows it.
    const whole = this.#whole(partition, names, "", (offset) => offset <= partition.offset);
    return typeof whole === "string" ? whole : { ...whole, offset: partition.offset };
  }

  /**
   * The state at the earliest or the latest session snapshot that is whole and stands at or after `begin` and not after `end`: from there the raw log can be
   * folded again when its beginning is no longer kept (D2). Null where there is none.
   */
  restoreSession(which: "earliest" | "latest", begin: number, end: number): RestoredSession<State> | null {
    const inRange = this.sessions().filter(({ offset }) => offset >= begin && offset <= end);
    const sign = which === "earliest" ? 1 : -1;
    for (const { date, offset, keys } of inRange.sort((a, b) => sign * (a.offset - b.offset))) {
      const suffix = `@${date}`;
      const partition = this.#read(partitionKey + suffix);
      if (partition === null) continue;
      const names = keys.filter((key) => key !== partitionKey + suffix).map((key) => key.slice(0, -suffix.length));
      // All of a session's records stand at one offset: one that does not is of another try.
      const whole = this.#whole(partition, names, suffix, (at) => at === offset);
      if (typeof whole !== "string") return { state: whole.state, offset, date };
    }
    return null;
  }

  /** The state that a `#partition` and the symbols' values make, if they add up to what it says. */
  #whole(
    partition: SnapshotValue,
    names: readonly string[],
    suffix: string,
    isOf: (offset: number) => boolean,
  ): { readonly state: State; readonly index: SnapshotIndex } | "incomplete" | "unreadable" {
    const index = new SnapshotIndex();
    const symbols = new Map<string, unknown>();
    for (const name of names) {
      const value = this.#read(name + suffix);
      if (value === null || !isOf(value.offset)) continue;
      index.note(name, value.offset);
      symbols.set(name, value.state);
    }
    const { sum } = partition;
    if (sum?.symbols !== index.sum.symbols || sum.offsets !== index.sum.offsets) return "incomplete";
    try {
      return { state: this.#codec.restore(partition.state, symbols), index };
    } catch {
      return "unreadable";
    }
  }

  #read(name: string): SnapshotValue | null {
    const value = this.#latest.get(name);
    return value === undefined ? null : readSnapshotValue(value, this.#codec.readableVersions, this.#logId);
  }
}
