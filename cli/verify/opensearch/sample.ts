import { partitionOf } from "../../../domain/partition.ts";
import type { Tally } from "./tally.ts";

/**
 * Chooses the documents to compare by a hash of their id: the same ones each time, and as the topics grow some of them. Of `records` it chooses
 * `sample` to twice as many; all where it is null.
 */
export function comparedIds(sample: number | null, records: number): (id: string) => boolean {
  if (sample === null || records <= sample) return () => true;
  const oneOf = 2 ** Math.floor(Math.log2(records / sample));
  return (id) => partitionOf(id, oneOf) === 0;
}

/** An index by the numbers alone: what a sample cannot see one by one. */
export interface IndexCount {
  readonly index: string;
  /** True where all that was ever published is still on the topic: then nothing else can be stored. */
  readonly isWhole: boolean;
}

/** Adds what the numbers of documents tell beyond the sample: too few are missing, too many are on no topic. */
export function countByNumbers(indices: readonly IndexCount[], tally: Tally): void {
  for (const { index, isWhole } of indices) {
    const counts = tally.of(index);
    counts.missing = Math.max(counts.missing, counts.onTopics - counts.stored);
    const surplus = Math.max(0, counts.stored - counts.onTopics - tally.allowed(index));
    if (isWhole) counts.unexpected = Math.max(counts.unexpected, surplus);
    else tally.notJudged.older += surplus;
  }
}
