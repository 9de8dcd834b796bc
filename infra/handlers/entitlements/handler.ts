import { openTarget } from "../../../cli/entitlements/open-target.ts";
import { entitlementsVariables } from "../../../cli/entitlements/variables.ts";
import { ownerOfSecret } from "../../../domain/entitlements/identities.ts";
import { parseEntitlements } from "../../../domain/entitlements/parse-entitlements.ts";
import { environment } from "../../../runtime/config/environment.ts";
import { parseConfig } from "../../../runtime/config/parse.ts";
import { managerStore } from "../../../runtime/secrets/manager-store.ts";
import type { SecretStore } from "../../../runtime/secrets/secret-store.ts";
import { lookAtCluster } from "../connectivity/cluster-look.ts";
import {
  awsLocation,
  type Completion,
  type CompletionEvent,
  elapsedMs,
  handlerLog,
  propertiesOf,
  type ResourceEvent,
  type ResourceResponse,
  told,
  toldOrLater,
} from "../custom-resource.ts";
import { entitlementsProperties } from "../properties.ts";
import { applyEntitlements, nobody } from "./apply-entitlements.ts";

const log = handlerLog("entitlements");

/** Reads the document alone: its faults end a deployment before anything is changed. */
export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  const { clusterArn, topicPrefix, document } = propertiesOf(entitlementsProperties, event);
  if (event.RequestType !== "Delete") await told(async () => parseEntitlements(document, topicPrefix));
  return { PhysicalResourceId: `${clusterArn}/entitlements/${topicPrefix}`, startedAtMs: Date.now() };
}

/**
 * Does what `bellwether entitlements apply` does, for some minutes; what is left is for the next look, which looks anew. A deletion takes every user of
 * the deployment, with its rights and secrets, and leaves the topics.
 */
export async function isComplete(event: CompletionEvent): Promise<Completion> {
  const properties = propertiesOf(entitlementsProperties, event);
  const { topicPrefix: prefix, document, clusterArn } = properties;
  const secrets = managerStore({ ...awsLocation(), kmsKeyId: properties.kmsKeyArn });
  const isNew = elapsedMs(event, Date.now()) < rightsMsMax;
  const work = async () => {
    const isDeletion = event.RequestType === "Delete";
    if (isDeletion && (await isGone(clusterArn))) return deleteSecrets(secrets, prefix);
    const isDone = await applyEntitlements(
      isDeletion ? nobody : parseEntitlements(document, prefix),
      {
        prefix,
        removeAll: isDeletion || properties.removeAll === "true",
        deleteTopics: properties.deleteTopics === "true",
        newPasswords: properties.newPasswords === "true",
      },
      { log, nowMs: () => performance.now(), open: (onDone) => openTarget(configOf(properties), secrets, log, onDone) },
    );
    return { IsComplete: isDone };
  };
  return toldOrLater(log, work, ({ code }) => isNew && ["kafkaAuthentication", "kafkaAuthorization"].includes(code));
}

/** The rights of a role that was made a moment ago take minutes to reach every broker. */
const rightsMsMax = 5 * 60_000;

/** Signs in by IAM, as the function's role, unless the function's environment says otherwise. */
function configOf({ bootstrapBrokers, topicPrefix, clusterArn }: ReturnType<typeof entitlementsProperties.parse>) {
  return parseConfig(entitlementsVariables, {
    KAFKA_AUTH: "iam",
    ...environment,
    KAFKA_BROKERS: bootstrapBrokers,
    TOPIC_PREFIX: topicPrefix,
    MSK_CLUSTER_ARN: clusterArn,
  });
}

/** With a cluster that somebody has deleted, users and rights have gone, and waiting for it would be in vain. */
async function isGone(clusterArn: string): Promise<boolean> {
  const cluster = await lookAtCluster(clusterArn, awsLocation());
  return cluster === null || cluster.state === "DELETING";
}

async function deleteSecrets(secrets: SecretStore, prefix: string): Promise<Completion> {
  const listed = await secrets.list([`AmazonMSK_${prefix}`, `${prefix}customer.`]);
  for (const { name } of listed.filter((each) => ownerOfSecret(each.name, prefix) !== null)) {
    await secrets.delete(name);
    log.info(`- secret ${name}`);
  }
  return { IsComplete: true };
}
