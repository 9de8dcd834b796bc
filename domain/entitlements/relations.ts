import { topicNames } from "../topics.ts";
import { type Customer, type Entitlements, type Product, productTopics } from "./entitlements.ts";
import { fieldsOf, recordTypesOf } from "./record-types.ts";

/** What is wrong, and where in the document. */
export interface DocumentFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Users of the cluster that are no customers': an entitlement may never touch one. */
export const reservedUsers: ReadonlySet<string> = new Set([
  ...["admin", "broker", "anonymous", "producer", "enricher", "distributor", "indexer", "verify", "demo"],
]);

/** What must hold between the parts: all faults at once. The topics' names depend on the deployment's prefix. */
export function relationFaults({ products, customers }: Entitlements, prefix: string): readonly DocumentFault[] {
  return [
    ...products.flatMap((product) => productFaults(product, prefix)),
    ...topicFaults(products, prefix),
    ...customers.flatMap((customer) => customerFaults(customer, products, prefix)),
    ...sharedUserFaults(customers),
  ];
}

function productFaults(product: Product, prefix: string): readonly DocumentFault[] {
  const at = (field: string, message: string, index?: number): DocumentFault => ({
    path: ["products", product.name, field, ...(index === undefined ? [] : [index])],
    message,
  });
  const faults: DocumentFault[] = [];
  if (product.shape === "bar") {
    if (product.kinds.join() !== "candles") faults.push(at("kinds", "must be [candles] where the shape is bar"));
    if (product.columns !== "*") faults.push(at("columns", "must be left out where the shape is bar"));
  }
  if (product.columns !== "*") {
    const known = new Set(product.kinds.flatMap((kind) => recordTypesOf[kind]).flatMap((type) => fieldsOf[type]));
    for (const [index, column] of product.columns.entries()) {
      if (!known.has(column)) faults.push(at("columns", `no record of ${product.kinds.join(", ")} has it`, index));
    }
  }
  const placeholder = product.topic.match(/\{(?!(?:prefix|product|symbol)\})[^}]*\}?/)?.[0];
  if (placeholder !== undefined) {
    faults.push(at("topic", `knows {prefix}, {product} and {symbol} only, not ${placeholder}`));
  } else if (product.topic.includes("{symbol}") && product.symbols === "*") {
    faults.push(at("topic", "with {symbol} needs the symbols listed"));
  } else {
    const bad = productTopics(product, prefix).find(({ topic }) => !isTopicName(topic));
    if (bad !== undefined) faults.push(at("topic", `gives ${bad.topic}, which Kafka does not take as a topic's name`));
  }
  return faults;
}

function isTopicName(topic: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(topic) && !/^\.\.?$/.test(topic);
}

/** No topic of a product is the pipeline's, now or later, Kafka's own, or another product's. */
function topicFaults(products: readonly Product[], prefix: string): readonly DocumentFault[] {
  // Kafka takes no two topics that differ only in dots and underscores.
  const sameName = (topic: string) => topic.replaceAll("_", ".");
  const owners = new Map<string, string>();
  const pipeline = new Set(Object.values(topicNames(prefix)).map(sameName));
  const faults: DocumentFault[] = [];
  for (const product of products) {
    for (const { topic, owner } of productTopics(product, prefix)) {
      if (owner === "pipeline") continue;
      const path = ["products", product.name, "topic"];
      const isReserved = prefix !== "" && topic.startsWith(prefix) && !topic.startsWith(`${prefix}product.`);
      if (pipeline.has(sameName(topic)) || isReserved || topic.startsWith("__")) {
        faults.push({ path, message: `gives ${topic}: what begins so is not for products` });
      }
      const other = owners.get(sameName(topic));
      if (other !== undefined) faults.push({ path, message: `gives ${topic}, as the product ${other} does` });
      owners.set(sameName(topic), product.name);
    }
  }
  return faults;
}

function customerFaults(customer: Customer, products: readonly Product[], prefix: string): readonly DocumentFault[] {
  const known = new Set(products.map(({ name }) => name));
  const faults: DocumentFault[] = [];
  for (const [index, product] of customer.products.entries()) {
    if (known.has(product)) continue;
    faults.push({ path: ["customers", customer.name, "products", index], message: "there is no such product" });
  }
  for (const [index, user] of customer.users.entries()) {
    const path = ["customers", customer.name, "users", index];
    if (reservedUsers.has(user)) faults.push({ path, message: "is a user of the pipeline's own" });
    // The stages' groups begin with the prefix: a customer's right to groups must not reach them.
    if (prefix.startsWith(`${user}-`)) faults.push({ path, message: `begins TOPIC_PREFIX ${prefix}` });
  }
  return faults;
}

function sharedUserFaults(customers: readonly Customer[]): readonly DocumentFault[] {
  const owners = new Map<string, string>();
  const faults: DocumentFault[] = [];
  for (const { name, users } of customers) {
    for (const [index, user] of users.entries()) {
      const other = owners.get(user);
      if (other !== undefined && other !== name) {
        faults.push({ path: ["customers", name, "users", index], message: `is a user of ${other} already` });
      }
      owners.set(user, name);
    }
  }
  return faults;
}
