import { readFile } from "node:fs/promises";
import { z } from "zod";
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
import { entitlementsEnvironment, entitlementsProperties } from "../properties.ts";
import { applyEntitlements, nobody } from "./apply-entitlements.ts";
import { openBoth } from "./open-both.ts";
import { parseRotateRequest, type Rotated, rotateUsers } from "./rotate-users.ts";

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
  const passedMs = elapsedMs(event, Date.now());
  const isNew = passedMs < rightsMsMax;
  const canLeaveSearch = event.RequestType === "Delete" && passedMs > searchMsMax;
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
      {
        log,
        nowMs: () => performance.now(),
        open: (onDone) => openBoth({ config: configOf(properties), secrets, log, onDone, canLeaveSearch }),
      },
    );
    return { IsComplete: isDone };
  };
  return toldOrLater(log, work, ({ code }) => isNew && mayComeLater.includes(code));
}

/**
 * Does what `bellwether entitlements rotate` does, for whoever may invoke the function: a person with no machine inside of the network. The document is a
 * file beside the code. A fault is told as the function's error.
 */
export async function operate(request: unknown): Promise<Rotated> {
  return told(async () => {
    const asked = parseRotateRequest(request);
    const config = parseConfig(operatorVariables, { KAFKA_AUTH: "iam", ...environment });
    const entitlements = parseEntitlements(await readFile(config.ENTITLEMENTS_FILE, "utf8"), config.TOPIC_PREFIX);
    const secrets = managerStore({ ...awsLocation(), kmsKeyId: config.SECRETS_KMS_KEY });
    return rotateUsers(entitlements, asked, {
      log,
      nowMs: () => performance.now(),
      open: (onDone) => openBoth({ config, secrets, log, onDone, canLeaveSearch: false }),
    });
  });
}

/** What a custom resource is given as properties, a function that people invoke has in its environment. */
const operatorVariables = entitlementsVariables.extend({ SECRETS_KMS_KEY: z.string().min(1) });

/** The rights of a role that was made a moment ago take minutes to reach every broker, and a domain's master user the domain. */
const rightsMsMax = 5 * 60_000;
const mayComeLater: readonly string[] = ["kafkaAuthentication", "kafkaAuthorization", "openSearchRejected"];
/** With a domain that somebody has deleted, its users have gone too, and a deletion must not wait for it for ever. */
const searchMsMax = 10 * 60_000;

/** Signs in by IAM, as the function's role, unless the function's environment says otherwise. */
function configOf(properties: ReturnType<typeof entitlementsProperties.parse>) {
  return parseConfig(entitlementsVariables, {
    KAFKA_AUTH: "iam",
    ...environment,
    // Whether there is one is for the properties alone to say.
    OPENSEARCH_URL: undefined,
    OPENSEARCH_SECRET_ID: undefined,
    ...entitlementsEnvironment(properties),
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
