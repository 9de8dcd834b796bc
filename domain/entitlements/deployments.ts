import { topicNames } from "../topics.ts";

/**
 * Tells which deployment a topic is of, by its prefix, where several share a cluster: a deployment shows by its raw and enriched topics, and a
 * topic is of the one with the longest prefix that it begins with. Null for a topic that begins with none: it may be anyone's product's.
 */
export function deploymentsOf(topics: Iterable<string>, prefix: string): (topic: string) => string | null {
  const known = new Set(topics);
  const ending = topicNames("").raw;
  const others = [...known]
    .filter((topic) => topic.endsWith(ending))
    .map((topic) => topic.slice(0, -ending.length))
    .filter((other) => known.has(topicNames(other).enriched));
  const prefixes = [prefix, ...others].filter((each) => each !== "").toSorted((a, b) => b.length - a.length);
  return (topic) => prefixes.find((each) => topic.startsWith(each)) ?? null;
}
