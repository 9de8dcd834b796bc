import { dayOf, isOlder } from "./days.ts";

/** True for an index whose whole day is past the retention: what is written there would only be deleted again. */
export type IsExpired = (index: string) => boolean;

const daysMax = 10_000;

/** @param retainDays null: nothing ever is */
export function createIsExpired(indexPrefix: string, retainDays: number | null, nowMs: () => number): IsExpired {
  if (retainDays === null) return () => false;
  const days = new Map<string, number | null>();
  return (index) => {
    let day = days.get(index);
    if (day === undefined) {
      day = dayOf(indexPrefix, index);
      if (days.size >= daysMax) days.clear();
      days.set(index, day);
    }
    return day !== null && isOlder(day, retainDays, nowMs());
  };
}
