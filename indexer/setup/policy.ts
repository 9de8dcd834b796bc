import { indexPattern } from "../index-names.ts";
import { kindNames } from "../kinds.ts";
import { templatePriority } from "../templates.ts";

export interface PolicySettings {
  readonly indexPrefix: string;
  /** Whole days that a document is kept. */
  readonly retainDays: number;
  /** After how many days an index becomes one segment; null where something else does it. */
  readonly mergeAfterDays: number | null;
}

/** The name of a deployment's policy in Index State Management. */
export function policyName(indexPrefix: string): string {
  return `${indexPrefix}retention`;
}

/**
 * The retention as a policy of Index State Management, which Amazon OpenSearch Service and the full distribution have. There is no rollover: an
 * index is a day of event time, its name follows from the document (D4), and rolled over the same `_id` could be stored twice. Nothing is made
 * read-only either: a write that comes late or again must be answered, or the indexer would wait for ever (D5).
 *
 * Ages count from when an index was made, so that a day which is indexed later is kept as long from then.
 * @see https://docs.opensearch.org/latest/im-plugin/ism/policies/
 */
export function retentionPolicy({ indexPrefix, retainDays, mergeAfterDays }: PolicySettings): object {
  // An index is made when its day begins: one day more, and its last document has its due.
  const expiry = { state_name: "expired", conditions: { min_index_age: `${retainDays + 1}d` } };
  const merges = mergeAfterDays !== null && mergeAfterDays < retainDays;
  const merged = {
    name: "merged",
    actions: [{ force_merge: { max_num_segments: 1 } }],
    transitions: [expiry],
  };
  const whenOld = { state_name: "merged", conditions: { min_index_age: `${(mergeAfterDays ?? 0) + 1}d` } };
  return {
    description: `Bellwether: each day is deleted when all of it is ${retainDays} days old`,
    default_state: "live",
    states: [
      { name: "live", actions: [], transitions: [merges ? whenOld : expiry] },
      ...(merges ? [merged] : []),
      { name: "expired", actions: [{ delete: {} }], transitions: [] },
    ],
    ism_template: [
      { index_patterns: kindNames.map((kind) => indexPattern(indexPrefix, kind)), priority: templatePriority },
    ],
  };
}
