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

/**
 * Adds what the numbers of documents tell beyond the sample: too few are missing, too many are on no topic.
 * @param now how many searches find now: more than at first, where some were not refreshed yet
 * @param isWhole true for an index whose topic still holds all that was ever published: then nothing else can be stored
 */
export function countByNumbers(
  tally: Tally,
  now: (index: string) => number,
  isWhole: (index: string) => boolean,
): void {
  for (const { index, onTopics, stored } of tally.indices()) {
    if (index === "") continue;
    const counts = tally.of(index);
    counts.missing = Math.max(counts.missing, onTopics - Math.max(stored, now(index)));
    const surplus = Math.max(0, stored - onTopics - tally.allowed(index));
    if (isWhole(index)) counts.unexpected = Math.max(counts.unexpected, surplus);
    else tally.notJudged.older += surplus;
  }
}
