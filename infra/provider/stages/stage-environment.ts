import type { Sizes } from "../../../domain/deployment/sizes.ts";
import { indexerUser } from "../search-user.ts";
import { machine } from "./machine.ts";
import type { StageName } from "./stage-statements.ts";

/** What the stages' environments are made of; strings may be known only in AWS. */
export interface EnvironmentFacts {
  readonly region: string;
  /** The private IAM listener. */
  readonly iamBootstrap: string;
  readonly topicPrefix: string;
  readonly feed: { readonly symbols: readonly string[]; readonly stream: string };
  /** Settings by their documented names, as text. */
  readonly settings: Readonly<Record<string, string>>;
  readonly search: Sizes["search"];
  /** `https://…` */
  readonly searchUrl: string;
  /** Ids of secrets, never values. */
  readonly alpacaSecretId: string;
  readonly indexerSecretId: string;
}

/** The name of the entitlements beside the distributor's environment. */
export const entitlementsFile = "entitlements.yaml";

/**
 * Partitions that are folded and committed together. Twelve partitions are six units then, so that six instances have work; it is no value of a
 * profile, because instances of one group must agree on it, and a rolling update could never begin with another.
 */
const unitPartitions = "2";

/** The environment of each stage, by the names that `--help` documents. */
export function stageEnvironments(
  facts: EnvironmentFacts,
): Readonly<Record<StageName, Readonly<Record<string, string>>>> {
  const { settings, search } = facts;
  const shared = {
    KAFKA_BROKERS: facts.iamBootstrap,
    KAFKA_AUTH: "iam",
    TOPIC_PREFIX: facts.topicPrefix,
    AWS_REGION: facts.region,
    ...picked(settings, ["LOG_LEVEL"]),
  };
  const { LOG_LEVEL: _, ...rules } = settings;
  return {
    producer: {
      ...shared,
      ...rules,
      SYMBOLS: facts.feed.symbols.join(","),
      ALPACA_STREAM_URL: `wss://stream.data.alpaca.markets/${facts.feed.stream}`,
      ALPACA_SECRET_ID: facts.alpacaSecretId,
      PRODUCER_STATE_DIR: machine.state,
    },
    enricher: { ...shared, ENRICHER_UNIT_PARTITIONS: unitPartitions },
    indexer: {
      ...shared,
      ...searchSettings(search),
      OPENSEARCH_URL: facts.searchUrl,
      OPENSEARCH_SECRET_ID: facts.indexerSecretId,
    },
    distributor: {
      ...shared,
      // The same as the producer's: the bars' indicator is decided here.
      ...picked(settings, ["THRESHOLD_PERCENT", "THRESHOLD_PERCENT_BY_SYMBOL"]),
      DISTRIBUTOR_UNIT_PARTITIONS: unitPartitions,
      ENTITLEMENTS_FILE: `${machine.settings}/${entitlementsFile}`,
    },
  };
}

/** What `index setup` is told: the indexer's own settings, and which user it is that indexes, deletes and compresses. */
export function searchSetupSettings(prefix: string, search: Sizes["search"]): Readonly<Record<string, string>> {
  return {
    TOPIC_PREFIX: prefix,
    ...searchSettings(search),
    OPENSEARCH_WRITERS: indexerUser,
    OPENSEARCH_KEEPERS: indexerUser,
  };
}

/** How the indices are made, by the names that the indexer and `index setup` share. */
function searchSettings(search: Sizes["search"]): Readonly<Record<string, string>> {
  return {
    OPENSEARCH_SHARDS: String(search.shards),
    OPENSEARCH_REPLICAS: String(search.replicas),
    OPENSEARCH_RETAIN_DAYS: String(search.retainDays),
    OPENSEARCH_COMPRESS_AFTER_DAYS: String(search.compressAfterDays),
  };
}

function picked(
  settings: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}
