import { defaultPartitions, topicNames } from "../topics.ts";
import type { ProductKind } from "./record-types.ts";

/** Something that is sold: which symbols, which records, which of their fields, how late, in which shape, on which topic. */
export interface Product {
  readonly name: string;
  readonly symbols: "*" | readonly string[];
  readonly kinds: readonly ProductKind[];
  /** Names of top-level fields that are kept; those that say which record it is always are (`identityFieldsOf`). */
  readonly columns: "*" | readonly string[];
  /** How long after a record was received it may be shown, milliseconds; 0: at once. */
  readonly delayMs: number;
  /** `record`: as published; `bar`: one small record for each closed minute, from trades. */
  readonly shape: "record" | "bar";
  /** A template: `{prefix}`, `{product}` and `{symbol}` (in lower case) are filled in. */
  readonly topic: string;
}

/** Who buys. */
export interface Customer {
  readonly name: string;
  /** The customer's AWS account, 12 digits. */
  readonly account: string;
  /** Names of products. */
  readonly products: readonly string[];
  /** Names of Kafka users; each user's groups begin with its name and a hyphen. */
  readonly users: readonly string[];
}

/** Who may see what: the one source of topics, rights, users and roles of customers. */
export interface Entitlements {
  readonly products: readonly Product[];
  readonly customers: readonly Customer[];
}

/** The topic of a product that names none. Nothing of the pipeline's own begins with `{prefix}product.`. */
export const defaultTopicTemplate = "{prefix}product.{product}";

/** One topic of a product. */
export interface ProductTopic {
  readonly topic: string;
  readonly partitions: number;
  /** The only symbol on it; null where it holds all symbols of the product. */
  readonly symbol: string | null;
  /** `pipeline`: one of the pipeline's own topics, which already holds just what was sold; `product`: written by the `distribute` stage. */
  readonly owner: "pipeline" | "product";
  readonly configs: Readonly<Record<string, string>>;
}

/**
 * The topics that a product's buyers read. Those of the pipeline itself where all that they hold was sold (every symbol and column, at once,
 * as published, and of `enriched` both quotes and trades) and no topic was asked for; else the product's own.
 */
export function productTopics(product: Product, prefix: string): readonly ProductTopic[] {
  if (isPipelineFeed(product)) {
    return pipelineTopics(product, prefix).map((topic) => ({
      topic,
      partitions: defaultPartitions,
      symbol: null,
      owner: "pipeline",
      configs: {},
    }));
  }
  const own = { owner: "product", configs: { "retention.ms": String(retentionDays(product) * dayMs) } } as const;
  const nameFor = (symbol: string) =>
    product.topic
      .replaceAll("{prefix}", prefix)
      .replaceAll("{product}", product.name)
      .replaceAll("{symbol}", symbol.toLowerCase());
  if (!product.topic.includes("{symbol}") || product.symbols === "*") {
    return [{ topic: nameFor(""), partitions: defaultPartitions, symbol: null, ...own }];
  }
  return product.symbols.map((symbol) => ({ topic: nameFor(symbol), partitions: 1, symbol, ...own }));
}

/** True where a product has topics of its own, which the distributor writes; the others are the pipeline's, and need nobody to write them. */
export function hasOwnTopics(product: Product, prefix: string): boolean {
  return productTopics(product, prefix).some(({ owner }) => owner === "product");
}

/** True where the pipeline's own topics hold just what was sold, so that the product needs none of its own. */
function isPipelineFeed(product: Product): boolean {
  const isWhole = product.symbols === "*" && product.columns === "*" && product.delayMs === 0;
  const isSplit = product.kinds.includes("quotes") !== product.kinds.includes("trades");
  return isWhole && product.shape === "record" && !isSplit && product.topic === defaultTopicTemplate;
}

function pipelineTopics({ kinds }: Product, prefix: string): readonly string[] {
  const names = topicNames(prefix);
  return [
    ...(kinds.includes("quotes") ? [names.enriched] : []),
    ...(kinds.includes("candles") ? [names.candles] : []),
    ...(kinds.includes("alerts") ? [names.alerts] : []),
  ];
}

const dayMs = 86_400_000;

/** As long as the pipeline keeps what it is made from. */
function retentionDays({ kinds }: Product): number {
  return kinds.includes("quotes") || kinds.includes("trades") ? 7 : 30;
}
