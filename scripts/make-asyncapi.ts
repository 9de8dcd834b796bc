import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { type RecordType, recordTypesOf } from "../domain/entitlements/record-types.ts";
import type { JsonSchema } from "../domain/schemas/json-schema.ts";
import { type RecordSchema, recordSchemas, schemasVersion } from "../domain/schemas/record-schemas.ts";
import { defaultPartitions, topicConfigs, topicNames } from "../domain/topics.ts";

/** An AsyncAPI 3.0 document of what customers read, made from the code. Run `npx node scripts/make-asyncapi.ts` after a change of a record or a topic. */
export function asyncApiDocument() {
  return {
    asyncapi: "3.0.0",
    id: "urn:bellwether:feed",
    info: {
      title: "Bellwether feed",
      version: schemasVersion,
      description:
        "Enriched market data on Kafka, as a customer reads it. Values are JSON. Within 1.x fields are only ever added: take no offence at one that you do not know.",
      license: { name: "Apache 2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    defaultContentType: "application/json",
    servers: { cluster },
    channels,
    operations: Object.fromEntries(Object.entries(channels).map(([name, channel]) => operation(name, channel))),
    components: {
      securitySchemes: { scram: { type: "scramSha512", description: "User and password from your provider" } },
      messages: Object.fromEntries(schemas.map((record) => [messageName(record), message(record)])),
      schemas: Object.fromEntries([...schemas.map(payload), ["Headers", headers]]),
    },
  };
}

/** The document as it is committed. */
export function asyncApiText(): string {
  return stringify(asyncApiDocument(), { lineWidth: 0, aliasDuplicateObjects: false });
}

const bindingVersion = "0.5.0";
const prefix = "market.";
const names = topicNames(prefix);
const schemas = recordSchemas("draft-7");

const cluster = {
  host: "{broker}",
  protocol: "kafka-secure",
  description:
    "TLS whose certificate is verified, names included, and SASL/SCRAM-SHA-512: nothing else is answered. Every broker is reached by a name and port of its own.",
  variables: { broker: { description: "host:port of one of the brokers; the others are found from there" } },
  security: [{ $ref: "#/components/securitySchemes/scram" }],
};

interface Channel {
  readonly address: string | null;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
  readonly [field: string]: unknown;
}

const feedTypes = [...new Set([...recordTypesOf.quotes, ...recordTypesOf.trades])];

const channels: Readonly<Record<string, Channel>> = {
  enriched: pipelineChannel(names.enriched, "Quotes, trades and what amends them, the vendor's bars, gaps", feedTypes),
  candles: pipelineChannel(names.candles, "Closed windows and their revisions", recordTypesOf.candles),
  alerts: pipelineChannel(names.alerts, "Flips of indicators", recordTypesOf.alerts),
  product: {
    address: `${prefix}product.{product}`,
    title: "A product's own topic",
    description: "Only the symbols, kinds and columns that were bought.",
    parameters: { product: { description: "The product's name, from your provider" } },
    messages: messagesOf(schemas.filter(({ name, type }) => name.startsWith("product") || type === "gap")),
  },
  symbolBars: {
    address: null,
    title: "A topic for each symbol",
    description:
      "Minute bars of one symbol, of one partition, named by your provider: amznenhanced, for one. A topic of a symbol may hold other records of a product too.",
    messages: messagesOf(schemas.filter(({ type }) => type === null)),
    bindings: { kafka: { partitions: 1, bindingVersion } },
  },
};

function pipelineChannel(topic: string, description: string, types: readonly RecordType[]): Channel {
  const configs = topicConfigs(names).find((one) => one.topic === topic)?.configs;
  const whole = schemas.filter(({ name, type }) => type !== null && types.includes(type) && !name.includes("/"));
  const retentionMs = Number(configs?.["retention.ms"]);
  const topicConfiguration = { "cleanup.policy": ["delete"], "retention.ms": retentionMs };
  return {
    address: topic,
    description,
    messages: messagesOf(whole),
    bindings: { kafka: { topic, partitions: defaultPartitions, topicConfiguration, bindingVersion } },
  };
}

function messagesOf(records: readonly RecordSchema[]): Channel["messages"] {
  return Object.fromEntries(
    records.map((record) => [messageName(record), { $ref: `#/components/messages/${messageName(record)}` }]),
  );
}

function operation(name: string, { messages }: Channel): readonly [string, unknown] {
  const groupId: JsonSchema = {
    type: "string",
    pattern: "^[a-z][a-z0-9_]{0,31}-.",
    description: "Begins with your user's name and a hyphen",
  };
  return [
    `read${name[0]?.toUpperCase()}${name.slice(1)}`,
    {
      action: "receive",
      channel: { $ref: `#/channels/${name}` },
      summary: "Read with isolation.level read_committed: what a transaction took back was never published.",
      messages: Object.keys(messages).map((one) => ({ $ref: `#/channels/${name}/messages/${one}` })),
      bindings: { kafka: { groupId, bindingVersion } },
    },
  ];
}

/** `candle`, `product-candle`: a slash would end a reference. */
function messageName({ name }: RecordSchema): string {
  return name.replace("/", "-");
}

function message(record: RecordSchema) {
  const { title, description } = record.schema;
  const key: JsonSchema = {
    type: ["string", "null"],
    description: record.type === "gap" ? "The symbol; null where all are concerned" : "The symbol",
  };
  return {
    name: messageName(record),
    title,
    summary: description,
    headers: { $ref: "#/components/schemas/Headers" },
    payload: { $ref: `#/components/schemas/${title}` },
    bindings: { kafka: { key, bindingVersion } },
  };
}

/** Under its title, without the dialect: AsyncAPI's own is draft 7 and more. */
function payload({ schema: { $schema: _, ...schema } }: RecordSchema): readonly [string, JsonSchema] {
  return [schema.title ?? "", schema];
}

const decimal = { type: "string", pattern: "^[0-9]+$" };

/** Of every record (D4). Header values are text. */
const headers: JsonSchema = {
  type: "object",
  properties: {
    "log-id": { type: "string", description: "Which raw log the record was made from" },
    "source-partition": { ...decimal, description: "Partition of the raw record" },
    "source-offset": { ...decimal, description: "Offset of the raw record" },
    "source-index": { ...decimal, description: "The n-th output of the raw record, from 0" },
    "received-time": { ...decimal, description: "When the market's message came, microseconds since the epoch" },
    "enriched-time": { ...decimal, description: "When the record was made, microseconds since the epoch" },
  },
  required: ["log-id", "source-partition", "source-offset", "source-index", "enriched-time"],
  description: "The first four together tell a record: one that comes again has the same.",
};

if (import.meta.main) writeFileSync(new URL("../docs/asyncapi.yaml", import.meta.url), asyncApiText());
