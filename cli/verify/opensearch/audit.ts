import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import type { DocumentSpill } from "./document-spill.ts";
import type { KeptRecords } from "./kept-records.ts";
import type { Patience } from "./patiently.ts";
import type { StoredIndex } from "./stored-index.ts";
import type { Tally } from "./tally.ts";

/** What the parts of one audit work on together. */
export interface Audit {
  readonly openSearch: OpenSearch;
  readonly indexPrefix: string;
  readonly spill: DocumentSpill;
  readonly kept: KeptRecords;
  readonly tally: Tally;
  /** The topic that an index is made of. */
  readonly topicOf: (index: StoredIndex) => string;
  readonly patience: Patience;
}
