import { publishedTopics, type TopicNames } from "../../domain/topics.ts";
import type { AclSpec } from "./admin-types.ts";

/** The rights of the stages' own users, and no more (D1). Read and Write bring Describe with them; idempotent writing needs Write alone. */
export function stageRights(topics: TopicNames, prefix: string): readonly AclSpec[] {
  return [
    ...rightsOf("producer", [write(topics.raw)]),
    ...rightsOf("enricher", [
      read(topics.raw),
      read(topics.state),
      readGroups(`${prefix}enricher`),
      ...[...publishedTopics(topics), topics.state].map(write),
      { resource: "transactionalId", name: `${prefix}enricher`, pattern: "prefixed", operation: "write" },
    ]),
    ...rightsOf("distributor", [
      ...[topics.enriched, topics.candles, topics.alerts].map(read),
      readGroups(`${prefix}distributor`),
      write(topics.deadLetter),
      { resource: "transactionalId", name: `${prefix}distributor`, pattern: "prefixed", operation: "write" },
    ]),
    ...rightsOf("indexer", [
      ...publishedTopics(topics).map(read),
      readGroups(`${prefix}indexer`),
      write(topics.deadLetter),
    ]),
  ];
}

/** The distributor's rights to write the products' own topics, and to see the marks that say what each of them holds. */
export function productRights(productTopics: readonly string[]): readonly AclSpec[] {
  return rightsOf("distributor", [
    ...productTopics.map(write),
    { resource: "cluster", name: "kafka-cluster", pattern: "literal", operation: "describe" },
  ]);
}

/** A customer's right to read the full feed: its topics, and groups that begin with the user's name and a hyphen. */
export function customerRights(username: string, topics: TopicNames): readonly AclSpec[] {
  return rightsOf(username, [
    ...[topics.enriched, topics.candles, topics.alerts].map(read),
    { resource: "group", name: `${username}-`, pattern: "prefixed", operation: "read" },
  ]);
}

type Right = Omit<AclSpec, "principal">;

function rightsOf(user: string, rights: readonly Right[]): readonly AclSpec[] {
  return rights.map((right) => ({ principal: `User:${user}`, ...right }));
}

function read(topic: string): Right {
  return { resource: "topic", name: topic, pattern: "literal", operation: "read" };
}

function write(topic: string): Right {
  return { resource: "topic", name: topic, pattern: "literal", operation: "write" };
}

function readGroups(prefix: string): Right {
  return { resource: "group", name: prefix, pattern: "prefixed", operation: "read" };
}
