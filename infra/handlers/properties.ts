import { z } from "zod";

/*
 * What each custom resource is given by its template. CloudFormation makes text of numbers and booleans on the way, so flags are text here too.
 * Every set of properties is checked at the handler's door: a fault of the wiring is told as such, and not as one of the service.
 */

const flag = z.enum(["true", "false"]).default("false");

/** Switches multi-VPC connectivity with SCRAM on. Attribute: `operation`, to be given to the first waiter. */
export const connectivityStartProperties = z.object({ clusterArn: z.string().min(1) });

/** Waits for it. Chained: the second waiter depends on the first. */
export const connectivityWaitProperties = z.object({
  clusterArn: z.string().min(1),
  /** The starter's attribute `operation`: it changes with each switch, so that the waiters run again. */
  operation: z.string(),
  /** "true": when the time is nearly over, the rest is left to the next waiter. "false": then it is a failure. */
  handsOn: flag,
});

/** Makes the entitlements hold, as `bellwether entitlements apply` does. */
export const entitlementsProperties = z.object({
  /** The text of entitlements.yaml. */
  document: z.string().min(1),
  topicPrefix: z.string(),
  clusterArn: z.string().min(1),
  /** The brokers' IAM listener, host:port with commas. */
  bootstrapBrokers: z.string().min(1),
  /** The customer managed key of the customers' secrets. */
  kmsKeyArn: z.string().min(1),
  /** `https://…` of the OpenSearch domain where customers' roles and users are to hold too. Without it none is seen to. */
  searchEndpoint: z.url({ protocol: /^https$/ }).optional(),
  /** Secret {"username","password"} of the domain's master user, who may manage roles. */
  searchSecretArn: z.string().min(1).optional(),
  /** As the options of `apply`. */
  removeAll: flag,
  deleteTopics: flag,
  newPasswords: flag,
  /** `handlerRevision("entitlements")`: new code runs again. */
  revision: z.string().default(""),
});

/** The same by the names of the environment: an OpenSearch is in it only where there is one. */
export function entitlementsEnvironment(properties: EntitlementsProperties): Readonly<Record<string, string>> {
  const { bootstrapBrokers, topicPrefix, clusterArn, kmsKeyArn, searchEndpoint, searchSecretArn } = properties;
  return {
    KAFKA_BROKERS: bootstrapBrokers,
    TOPIC_PREFIX: topicPrefix,
    MSK_CLUSTER_ARN: clusterArn,
    SECRETS_KMS_KEY: kmsKeyArn,
    ...(searchEndpoint === undefined ? {} : { OPENSEARCH_URL: searchEndpoint }),
    ...(searchSecretArn === undefined ? {} : { OPENSEARCH_SECRET_ID: searchSecretArn }),
  };
}

/** Makes the OpenSearch domain ready, as `bellwether index setup` does. */
export const searchSetupProperties = z.object({
  /** `https://…` of the domain, without a path. */
  endpoint: z.url({ protocol: /^https?$/ }),
  /** Secrets Manager secret {"username","password"} of the domain's master user. */
  masterSecretArn: z.string().min(1),
  /** Secret {"username","password"} of the user that the indexer signs in as: made in the domain, with the rights of OPENSEARCH_WRITERS and OPENSEARCH_KEEPERS. */
  indexerSecretArn: z.string().min(1).optional(),
  /** Variables of `bellwether index setup` by their documented names: TOPIC_PREFIX, OPENSEARCH_REPLICAS, OPENSEARCH_RETAIN_DAYS… */
  settings: z.record(z.string(), z.string()),
  /** Raised by who has changed a password in its secret: another value runs the set-up again. */
  passwordsRevision: z.string().default(""),
  /** `handlerRevision("search-setup")`: new templates or dashboards run again. */
  revision: z.string().default(""),
});

/** Looks a feed's cluster up from the customer's account. Attributes: `FeedZonesAttributes`. */
export const feedZonesProperties = z.object({ clusterArn: z.string().min(1) });

/** Picks one subnet for each zone of the cluster. Attribute: `subnetIds`, a list. */
export const clientSubnetsProperties = z.object({
  /** `zoneId1`, `zoneId2`, `zoneId3` of the feed's zones, in the order of the subnets. */
  zoneIds: z.array(z.string().min(1)).min(1),
  subnetIds: z.array(z.string().min(1)).min(1),
});

export type ConnectivityStartProperties = z.input<typeof connectivityStartProperties>;
export type ConnectivityWaitProperties = z.input<typeof connectivityWaitProperties>;
export type EntitlementsProperties = z.input<typeof entitlementsProperties>;
export type SearchSetupProperties = z.input<typeof searchSetupProperties>;
export type FeedZonesProperties = z.input<typeof feedZonesProperties>;
export type ClientSubnetsProperties = z.input<typeof clientSubnetsProperties>;

/** What the feed's zones tell. A type, not an interface: it is handed on as data. */
export type FeedZonesAttributes = {
  /** Availability-zone ids of the cluster's brokers. A cluster of two zones has its first one again as the third. */
  readonly zoneId1: string;
  readonly zoneId2: string;
  readonly zoneId3: string;
  /** SCRAM over multi-VPC connectivity, host:port with commas. */
  readonly bootstrapBrokers: string;
};
