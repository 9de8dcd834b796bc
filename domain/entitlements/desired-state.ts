import { type AclBinding, allowed } from "./acl-binding.ts";
import { type Customer, type Entitlements, type Product, type ProductTopic, productTopics } from "./entitlements.ts";
import { clientSecretOf, groupPrefixOf, type Identity, identitiesOf } from "./identities.ts";
import { type OpenSearchRole, openSearchRole } from "./open-search-role.ts";
import { topicMark } from "./topic-mark.ts";

/** A customer's user as it should be. */
export interface DesiredUser {
  readonly user: string;
  readonly customer: string;
  /** The AWS account that may read the client's secret. */
  readonly account: string;
  readonly clientSecret: string;
  readonly identities: readonly [Identity, Identity];
  readonly groupPrefix: string;
  /** All that it may read, and nothing else. */
  readonly topics: readonly string[];
}

/** What the AWS account of the provider must grant, besides what `apply` does: for the infrastructure's code. */
export interface AccountGrant {
  readonly account: string;
  readonly customers: readonly string[];
  /** Secrets that the account's principals may read. */
  readonly secrets: readonly string[];
}

/** All that follows from the entitlements, and from nothing else. */
export interface DesiredState {
  /** The products' own topics; the pipeline's are made by whoever sets the pipeline up. */
  readonly topics: readonly ProductTopic[];
  readonly users: readonly DesiredUser[];
  /** What each of these topics holds. */
  readonly marks: readonly AclBinding[];
  /** The rights of the `distribute` stage to write products' topics, and to see the marks: its others do not depend on the entitlements. */
  readonly distributorRights: readonly AclBinding[];
  /** For OpenSearch's security plugin, one a customer. */
  readonly openSearchRoles: readonly OpenSearchRole[];
  /** Accounts that connect to the cluster, each once. */
  readonly grants: readonly AccountGrant[];
}

/** The user of the `distribute` stage. */
export const distributorUser = "distributor";

/** Works out all that must be in force under a topic prefix. */
export function desiredState({ products, customers }: Entitlements, prefix: string): DesiredState {
  const byName = new Map(products.map((product) => [product.name, product]));
  const bought = (customer: Customer): readonly Product[] =>
    customer.products.flatMap((name) => byName.get(name) ?? []);
  const topics = products
    .flatMap((product) => productTopics(product, prefix))
    .filter(({ owner }) => owner === "product");
  const marks = products.flatMap((product) => marksOf(product, prefix));
  const users = customers.flatMap((customer) => desiredUsers(customer, bought(customer), prefix));
  return {
    topics,
    users,
    marks,
    distributorRights: [
      ...(marks.length === 0 ? [] : [seesMarks]),
      ...topics.map(({ topic }) => allowed(distributorUser, "write", "topic", topic)),
    ],
    openSearchRoles: customers.map((customer) => openSearchRole(customer, bought(customer), prefix)),
    grants: accountGrants(users),
  };
}

/** The marks of the topics that the `distribute` stage writes for a product; empty where it writes none. */
export function marksOf(product: Product, prefix: string): readonly AclBinding[] {
  const own = productTopics(product, prefix).filter(({ owner }) => owner === "product");
  return own.map((topic) => topicMark(product, topic));
}

/** Marks are read with all rights, and those are for whoever may describe the cluster. */
const seesMarks: AclBinding = {
  ...{ principal: `User:${distributorUser}`, host: "*", permission: "allow" },
  ...{ resource: "cluster", name: "kafka-cluster", pattern: "literal", operation: "describe" },
};

function desiredUsers(customer: Customer, products: readonly Product[], prefix: string): readonly DesiredUser[] {
  const topics = products.flatMap((product) => productTopics(product, prefix)).map(({ topic }) => topic);
  return customer.users.map((user) => ({
    user,
    customer: customer.name,
    account: customer.account,
    clientSecret: clientSecretOf(customer.name, user, prefix),
    identities: identitiesOf(user, prefix),
    groupPrefix: groupPrefixOf(user),
    topics: [...new Set(topics)].toSorted(),
  }));
}

function accountGrants(users: readonly DesiredUser[]): readonly AccountGrant[] {
  return [...Map.groupBy(users, ({ account }) => account)].map(([account, own]) => ({
    account,
    customers: [...new Set(own.map(({ customer }) => customer))],
    secrets: own.map(({ clientSecret }) => clientSecret),
  }));
}
