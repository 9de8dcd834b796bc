/** What a raw record was rejected for; the dead-letter topic's `reason` header holds exactly one of these (D3). */
export type RejectReason =
  | "notJson"
  | "notObject"
  | "unknownType"
  | "missingField"
  | "badPrice"
  | "badSize"
  | "badTime"
  | "futureTime"
  | "tooLarge"
  // Of an output record: OpenSearch will never take it.
  | "notIndexable";
