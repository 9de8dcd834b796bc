import { type Product, type ProductTopic, productTopics } from "../entitlements/entitlements.ts";
import { identityFieldsOf, type RecordType, recordTypesOf } from "../entitlements/record-types.ts";
import type { RejectReason } from "../messages/reject-reason.ts";
import { partitionOf } from "../partition.ts";
import type { TopicNames } from "../topics.ts";
import { productBarJson, type ThresholdOf } from "./bar.ts";
import { type ColumnCut, columnCut } from "./columns.ts";

/** Where a record of a product goes. */
export interface Outlet {
  readonly topic: string;
  /** 0 on a topic of one symbol, else that of the source. */
  readonly partition: number;
}

/** What a product makes of a published record: something to publish, a fault of the record (D3), or null where the record is not part of it. */
export type Cut =
  | { readonly outlets: readonly Outlet[]; readonly value: Uint8Array | string }
  | { readonly reason: RejectReason }
  | null;

/** @param record its value is only asked for where the key is one of the product's */
export type ProductCut = (partition: number, key: string | null, record: { readonly value: Uint8Array | null }) => Cut;

/** The topics that a product is made from. */
export function sourceTopics({ kinds }: Product, topics: TopicNames): readonly string[] {
  return [
    ...(kinds.includes("quotes") || kinds.includes("trades") ? [topics.enriched] : []),
    ...(kinds.includes("candles") ? [topics.candles] : []),
    ...(kinds.includes("alerts") ? [topics.alerts] : []),
  ];
}

/** What a product's cut needs to know of the deployment. */
export interface ProductCutOptions {
  readonly prefix: string;
  /** Of the source topics: a symbol has one partition number everywhere. */
  readonly partitions: number;
  /** Of the shape `bar`. */
  readonly thresholdOf: ThresholdOf;
}

/**
 * The pure function that makes a product: only its symbols, told by the record's key before anything of the value is looked at; only its kinds,
 * told by the `type` that leads each value; only its columns, or its shape. A gap of all symbols is of every product with quotes or trades.
 */
export function createProductCut(product: Product, options: ProductCutOptions): ProductCut {
  const { prefix, partitions, thresholdOf } = options;
  const { symbols, kinds, columns, shape } = product;
  const outletsOf = createOutlets(productTopics(product, prefix), partitions);
  const included = symbols === "*" ? null : new Set(symbols);
  const types = new Set(kinds.flatMap((kind) => recordTypesOf[kind]));
  const cuts = new Map([...types].map((type) => [type, cutOf(type, columns)]));
  return (partition, key, record) => {
    if (key !== null && included !== null && !included.has(key)) return null;
    const { value } = record;
    if (value === null) return { reason: "notJson" };
    const type = leadingType(value);
    if (!isRecordType(type)) return { reason: faultOf(value) };
    if (!types.has(type)) return null;
    // Only a gap may concern every symbol.
    if (key === null && type !== "gap") return { reason: "missingField" };
    const outlets = outletsOf(partition, key);
    if (outlets.length === 0) return null;
    if (shape === "bar") return barOf(value, outlets, thresholdOf);
    const cut = cuts.get(type);
    if (cut === undefined) return { outlets, value };
    const kept = cut(value);
    return kept === null ? { reason: faultOf(value) } : { outlets, value: kept };
  };
}

/** Undefined where every column is granted: then the bytes stay as they are. */
function cutOf(type: RecordType, columns: Product["columns"]): ColumnCut | undefined {
  return columns === "*" ? undefined : columnCut(new Set([...identityFieldsOf[type], ...columns]));
}

function barOf(value: Uint8Array, outlets: readonly Outlet[], thresholdOf: ThresholdOf): Cut {
  const candle = parsed(value);
  if (candle === undefined) return { reason: "notJson" };
  const bar = productBarJson(candle, thresholdOf);
  return typeof bar === "string" ? { outlets, value: bar } : bar;
}

/** Where records of a partition of the sources can go: to the product's one topic, or to the topics of the partition's symbols. */
export function partitionOutlets(
  topics: readonly ProductTopic[],
  partitions: number,
  partition: number,
): readonly Outlet[] {
  const [first] = topics;
  if (first?.symbol === null) return [{ topic: first.topic, partition }];
  const ofPartition = topics.filter(({ symbol }) => symbol !== null && partitionOf(symbol, partitions) === partition);
  return ofPartition.map(({ topic }) => ({ topic, partition: 0 }));
}

/** Where a record goes: to the product's one topic, or to the topic of its symbol; a gap of all symbols to those of its partition. */
function createOutlets(topics: readonly ProductTopic[], partitions: number) {
  const [first] = topics;
  const bySymbol = new Map(topics.map(({ topic, symbol }) => [symbol, [{ topic, partition: 0 }]]));
  const byPartition = Array.from({ length: partitions }, (_, at) => partitionOutlets(topics, partitions, at));
  return (partition: number, key: string | null): readonly Outlet[] =>
    key === null || first?.symbol === null ? (byPartition[partition] ?? []) : (bySymbol.get(key) ?? []);
}

const leader = new TextEncoder().encode('{"type":"');
const quote = 34;
const typeLengthMax = 16;

/** The type that a record of ours begins with; empty where it begins with anything else. Nothing is parsed. */
function leadingType(value: Uint8Array): string {
  for (let at = 0; at < leader.length; at++) if (value[at] !== leader[at]) return "";
  let type = "";
  for (let at = leader.length; at < leader.length + typeLengthMax; at++) {
    const byte = value[at];
    if (byte === quote) return type;
    type += String.fromCharCode(byte ?? 0);
  }
  return "";
}

function isRecordType(type: string): type is RecordType {
  return Object.hasOwn(identityFieldsOf, type);
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Undefined where it is not JSON. */
function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(value));
  } catch {
    return undefined;
  }
}

/** Why a record is none of ours. */
function faultOf(value: Uint8Array): RejectReason {
  const record = parsed(value);
  if (record === undefined) return "notJson";
  if (typeof record !== "object" || record === null || Array.isArray(record)) return "notObject";
  return Object.keys(record)[0] === "type" ? "unknownType" : "missingField";
}
