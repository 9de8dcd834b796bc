import { type KindName, kindNames, kinds } from "../../../indexer/kinds.ts";
import { isOurs } from "../../../indexer/setup/days.ts";

/** An index that the indexer writes: one kind and day. */
export interface StoredIndex {
  readonly name: string;
  readonly kind: KindName;
}

/** Reads an index's name (D4); null for one that the indexer does not write. */
export function storedIndex(indexPrefix: string, name: string): StoredIndex | null {
  if (!isOurs(indexPrefix, name)) return null;
  const stem = name.slice(indexPrefix.length, -"-yyyy.mm.dd".length);
  const kind = kindNames.find((each) => kinds[each].index === stem);
  return kind === undefined ? null : { name, kind };
}
