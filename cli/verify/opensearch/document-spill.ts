import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partitionOf } from "../../../domain/partition.ts";
import { splitId } from "./document-id.ts";
import { type DocumentEntries, type Entry, entryStates } from "./entry.ts";

const bytesInMemoryMax = 16 * 1024 * 1024;
/** Of which a bucket is held in memory at a time: some 50 MB. */
const entriesInBucket = 100_000;
const bucketsMax = 1024;

/**
 * Brings together what topics and OpenSearch have of each document, in bounded memory: entries are dealt to files by a hash of the id, and each file is
 * then read on its own. The order of adding does not matter. It takes about 70 bytes of temporary disk for an entry.
 */
export class DocumentSpill {
  readonly #folder: string;
  readonly #buckets: readonly { lines: string[] }[];
  /** Index names and topics, and the logs that ids begin with, are written as numbers. */
  readonly #names = new Numbers();
  #bytes = 0;

  /**
   * @param entries about how many there will be
   * @param folder where the files go, in a folder of their own
   */
  static async open(entries: number, folder = tmpdir()): Promise<DocumentSpill> {
    const count = Math.min(bucketsMax, Math.max(1, Math.ceil(entries / entriesInBucket)));
    return new DocumentSpill(await mkdtemp(join(folder, "bellwether-verify-")), count);
  }

  private constructor(folder: string, count: number) {
    this.#folder = folder;
    this.#buckets = Array.from({ length: count }, () => ({ lines: [] }));
  }

  /** Resolves when there is room for more. */
  async add(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      const line = this.#line(entry);
      this.#buckets[partitionOf(entry.id, this.#buckets.length)]?.lines.push(line);
      this.#bytes += line.length;
    }
    if (this.#bytes > bytesInMemoryMax) await this.#write();
  }

  /** Each document once, with all that was added of it. */
  async *documents(): AsyncGenerator<readonly DocumentEntries[]> {
    await this.#write();
    for (const bucket of this.#buckets.keys()) yield this.#grouped(await this.#read(bucket));
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    for (const [at, bucket] of this.#buckets.entries()) {
      if (bucket.lines.length === 0) continue;
      const { lines } = bucket;
      bucket.lines = [];
      await appendFile(this.#file(at), lines.join(""), { mode: 0o600 });
    }
    this.#bytes = 0;
  }

  async #read(bucket: number): Promise<readonly string[]> {
    const text = await readFile(this.#file(bucket), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return text.split("\n").slice(0, -1);
  }

  #grouped(lines: readonly string[]): readonly DocumentEntries[] {
    const groups = new Map<string, { index: string; id: string; published: Entry[]; stored: Entry | null }>();
    for (const line of lines) {
      const entry = this.#entry(line);
      const key = `${entry.index}/${entry.id}`;
      let group = groups.get(key);
      if (group === undefined) {
        group = { index: entry.index, id: entry.id, published: [], stored: null };
        groups.set(key, group);
      }
      if (entry.state === "stored") group.stored = entry;
      else group.published.push(entry);
    }
    return [...groups.values()];
  }

  #line({ state, index, id, version, digest, place }: Entry): string {
    const { log, rest } = splitId(id);
    const fields: unknown[] = [
      entryStates.indexOf(state),
      this.#names.of(index),
      this.#names.of(log),
      rest,
      version,
      digest,
    ];
    if (place !== null) fields.push(this.#names.of(place.topic), place.partition, place.offset);
    return `${JSON.stringify(fields)}\n`;
  }

  #entry(line: string): Entry {
    const fields: Fields = JSON.parse(line);
    const [state, index, log, rest, version, digest, topic, partition, offset] = fields;
    const place =
      topic === undefined || partition === undefined || offset === undefined
        ? null
        : { topic: this.#names.name(topic), partition, offset };
    return {
      state: entryStates[state] ?? "stored",
      index: this.#names.name(index),
      id: this.#names.name(log) + rest,
      version,
      digest,
      place,
    };
  }

  #file(bucket: number): string {
    return join(this.#folder, `${bucket}.jsonl`);
  }
}

type Fields = [number, number, number, string, number, string | null, number?, number?, number?];

/** Names that occur often, each with its number. */
class Numbers {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  name(number: number): string {
    return this.#names[number] ?? "";
  }
}
