// The customer's library: what a program needs to read the feed. Everything else in this folder may change.
export { PipelineError, type PipelineErrorCode } from "../domain/errors.ts";
export type { TopicPosition } from "../runtime/kafka/types.ts";
export { connectionFromEnvironment, type FeedConnection } from "./connection.ts";
export { type Feed, type FeedOptions, openFeed, type RecordOptions, type ValueOptions } from "./feed.ts";
export type { FeedRecord } from "./feed-record.ts";
export type { FeedBatch, FeedStream } from "./feed-stream.ts";
export type { FeedLag } from "./lag.ts";
export type { SourcePosition } from "./source-position.ts";
export type { Staleness } from "./staleness.ts";
export type { Notice, StartFrom, StreamOptions } from "./stream-options.ts";
export type { Column, EnrichedQuote, MinuteBar, RecordKind, Values, ValueWith } from "./values.ts";
