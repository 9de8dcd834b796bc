import { type Product, productTopics } from "../domain/entitlements/entitlements.ts";
import { PipelineError } from "../domain/errors.ts";
import { sourceTopics } from "../domain/products/product-cut.ts";
import type { TopicNames } from "../domain/topics.ts";
import type { KafkaAdmin } from "../runtime/kafka/admin-types.ts";

/**
 * The partition count of the source topics, once every topic of every product is there and fits: a product's record has its source's partition, or the only one of a
 * symbol's topic.
 * @throws PipelineError `kafkaTopic` that names every topic that is missing or does not fit
 */
export async function checkTopics(
  admin: Pick<KafkaAdmin, "partitionCount">,
  products: readonly Product[],
  topics: TopicNames,
  prefix: string,
): Promise<number> {
  const sources = new Set([...products.flatMap((product) => sourceTopics(product, topics)), topics.deadLetter]);
  const own = products.flatMap((product) => productTopics(product, prefix));
  const expected = await admin.partitionCount(topics.deadLetter);
  const wanted = [
    ...[...sources].map((topic) => ({ topic, partitions: expected })),
    ...own.map(({ topic, symbol }) => ({ topic, partitions: symbol === null ? expected : 1 })),
  ];
  const faults: string[] = [];
  for (const { topic, partitions } of wanted) {
    const found = await countOf(admin, topic);
    if (found === null) faults.push(`  ${topic}: is not there, or this user may not see it`);
    else if (found !== partitions) faults.push(`  ${topic}: has ${found} partitions, and should have ${partitions}`);
  }
  if (faults.length === 0) return expected;
  throw new PipelineError("kafkaTopic", `The products' topics are not as they must be:\n${faults.join("\n")}\n`, {
    remedy: "Run `bellwether entitlements apply` with the same file, which makes topics and rights.",
  });
}

async function countOf(admin: Pick<KafkaAdmin, "partitionCount">, topic: string): Promise<number | null> {
  try {
    return await admin.partitionCount(topic);
  } catch (error) {
    const isMissing =
      error instanceof PipelineError && (error.code === "kafkaTopic" || error.code === "kafkaAuthorization");
    if (isMissing) return null;
    throw error;
  }
}
