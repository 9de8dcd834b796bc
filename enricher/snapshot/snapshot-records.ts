import type { OutgoingRecord } from "../../runtime/kafka/types.ts";
import type { StateCodec } from "../unit/partition-fold.ts";

/** The key of what belongs to no one symbol. No symbol begins so. */
export const partitionKey = "#partition";

/** What a snapshot's symbols add up to, written with its `#partition`: if a record is missing or older than it must be, they add up to something else. */
export interface SnapshotSum {
  readonly symbols: number;
  /** Sum of the raw offsets at which each symbol was written last, modulo 2^48. */
  readonly offsets: number;
}

/** Where a partition's snapshots go, and of which raw log they are. */
export interface SnapshotTarget {
  readonly partition: number;
  readonly logId: string;
}

/** What stands before the state in each value. */
interface Envelope {
  readonly version: number;
  readonly logId: string;
  /** The next raw offset to fold: the state is that after all before it. */
  readonly offset: number;
}

/** A record of the state topic that this version can use. */
export interface SnapshotValue extends Envelope {
  readonly sum?: SnapshotSum;
  readonly state: unknown;
}

const sumModulus = 2 ** 48;

/** Remembers at which raw offset each symbol was written last. */
export class SnapshotIndex {
  readonly #offsets = new Map<string, number>();
  #sum = 0;

  note(symbol: string, offset: number): void {
    this.#sum = (this.#sum - (this.#offsets.get(symbol) ?? 0) + offset + sumModulus) % sumModulus;
    this.#offsets.set(symbol, offset);
  }

  get sum(): SnapshotSum {
    return { symbols: this.#offsets.size, offsets: this.#sum };
  }
}

/**
 * The records of one snapshot: the given symbols under their names, and `#partition`, all at one raw offset (D2). One transaction holds them all.
 * @param suffix "" for what recovery reads; `@` and the session date for what it reads only where the latest cannot be used
 */
export function snapshotRecords<State>(
  codec: StateCodec<State>,
  state: State,
  symbols: Iterable<string>,
  at: SnapshotTarget & { readonly offset: number; readonly index: SnapshotIndex; readonly suffix: string },
): OutgoingRecord[] {
  const { partition, logId, offset, index, suffix } = at;
  const envelope = `{"version":${codec.schemaVersion},"logId":${JSON.stringify(logId)},"offset":${offset}`;
  const record = (key: string, value: string): OutgoingRecord => ({
    partition,
    key: key + suffix,
    value,
    headers: {},
  });
  const records: OutgoingRecord[] = [];
  for (const symbol of symbols) {
    const text = codec.symbolText(state, symbol);
    if (text === null) continue;
    index.note(symbol, offset);
    records.push(record(symbol, `${envelope},"state":${text}}`));
  }
  const sum = JSON.stringify(index.sum);
  records.push(record(partitionKey, `${envelope},"sum":${sum},"state":${codec.partitionText(state)}}`));
  return records;
}

/** Reads a value of the state topic; null for one that is unreadable, of none of these schema versions, or of another raw log. */
export function readSnapshotValue(value: Buffer, versions: readonly number[], logId: string): SnapshotValue | null {
  const snapshot = readOfAnyVersion(value, logId);
  return snapshot !== null && versions.includes(snapshot.version) ? snapshot : null;
}

/** The raw offset at which a value of the state topic stands, whatever its schema version; null where it is unreadable or of another raw log. */
export function snapshotOffset(value: Buffer, logId: string): number | null {
  return readOfAnyVersion(value, logId)?.offset ?? null;
}

function readOfAnyVersion(value: Buffer, logId: string): SnapshotValue | null {
  try {
    const read: unknown = JSON.parse(value.toString("utf8"));
    if (typeof read !== "object" || read === null) return null;
    const snapshot = read as SnapshotValue;
    if (snapshot.logId !== logId) return null;
    return Number.isSafeInteger(snapshot.offset) && snapshot.offset >= 0 ? snapshot : null;
  } catch {
    return null;
  }
}
