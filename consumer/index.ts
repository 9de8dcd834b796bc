// The customer's library: what a program needs to read the feed. Everything else in this folder may change.
export { PipelineError, type PipelineErrorCode } from "../domain/errors.ts";
export { type Feed, type FeedBatch, type FeedOptions, openFeed, type StartFrom } from "./feed.ts";
export type { EnrichedQuote, FeedRecord, FeedValue, OtherRecord } from "./feed-record.ts";
export type { SourcePosition } from "./source-position.ts";
