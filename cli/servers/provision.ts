import type { AclBinding } from "../../domain/entitlements/acl-binding.ts";
import { marksOf } from "../../domain/entitlements/desired-state.ts";
import { type Entitlements, productTopics } from "../../domain/entitlements/entitlements.ts";
import { defaultPartitions, topicConfigs, topicNames } from "../../domain/topics.ts";
import type { AclSpec, KafkaAdmin } from "../../runtime/kafka/admin-types.ts";
import { customerRights, productRights, stageRights } from "../../runtime/kafka/stage-rights.ts";

/** Makes the topics that are missing; on a broker of our own also the rights of the stages and of the customer `demo`. */
export async function provision(admin: KafkaAdmin, prefix: string, ownsKafka: boolean): Promise<readonly string[]> {
  const topics = topicNames(prefix);
  const made = await admin.ensureTopics(
    topicConfigs(topics).map(({ topic, configs }) => ({ topic, configs, partitions: defaultPartitions })),
  );
  if (ownsKafka) await admin.ensureAcls([...stageRights(topics, prefix), ...customerRights("demo", topics)]);
  return made;
}

/** Makes the products' own topics that are missing; on a broker of our own also the distributor's rights, and the marks of what new topics hold. */
export async function provisionProducts(
  admin: KafkaAdmin,
  { products }: Entitlements,
  prefix: string,
  ownsKafka: boolean,
): Promise<void> {
  const own = products.flatMap((product) => productTopics(product, prefix)).filter(({ owner }) => owner === "product");
  const made = await admin.ensureTopics(own.map(({ topic, partitions, configs }) => ({ topic, partitions, configs })));
  if (!ownsKafka || own.length === 0) return;
  // A topic that was there keeps its mark: what it holds is not for this file to say.
  const marks = products.flatMap((product) => marksOf(product, prefix)).filter(({ name }) => made.includes(name));
  await admin.ensureAcls([...productRights(own.map(({ topic }) => topic)), ...marks.map(markSpec)]);
}

function markSpec({ principal, name }: AclBinding): AclSpec {
  return { principal, resource: "topic", name, pattern: "literal", operation: "describe" };
}
