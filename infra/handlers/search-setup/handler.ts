import type { z } from "zod";
import { createDashboardsClient } from "../../../indexer/dashboards/dashboards-client.ts";
import { roleHoldersOf, setupConfig, templateSettingsOf } from "../../../indexer/setup/config.ts";
import { runSetup } from "../../../indexer/setup/run-setup.ts";
import { environment } from "../../../runtime/config/environment.ts";
import { createOpenSearch } from "../../../runtime/opensearch/client.ts";
import { openSearchConnection } from "../../../runtime/opensearch/connection.ts";
import { putInternalUser } from "../../../runtime/opensearch/security.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import { readSecret } from "../../../runtime/secrets/read-secret.ts";
import { credentialsSchema } from "../../../runtime/secrets/secret-store.ts";
import {
  awsLocation,
  type Completion,
  type CompletionEvent,
  handlerLog,
  propertiesOf,
  type ResourceEvent,
  type ResourceResponse,
  told,
  toldOrLater,
} from "../custom-resource.ts";
import { searchSetupProperties } from "../properties.ts";

const log = handlerLog("search-setup");

type Properties = z.output<typeof searchSetupProperties>;

/** Looks at the settings alone: their faults end a deployment at once. */
export async function onEvent(event: ResourceEvent): Promise<ResourceResponse> {
  const properties = propertiesOf(searchSetupProperties, event);
  if (event.RequestType !== "Delete") await told(async () => configOf(properties));
  return { PhysicalResourceId: `${properties.endpoint}/setup` };
}

/**
 * Does what `bellwether index setup` does, as the domain's master user, and makes the indexer's user. A domain that is not ready yet is waited for. A
 * deletion leaves everything: it goes with the domain.
 */
export async function isComplete(event: CompletionEvent): Promise<Completion> {
  const properties = propertiesOf(searchSetupProperties, event);
  if (event.RequestType === "Delete") return { IsComplete: true };
  return toldOrLater(log, async () => {
    await setUp(properties);
    return { IsComplete: true };
  });
}

async function setUp(properties: Properties): Promise<void> {
  const config = configOf(properties);
  const connection = await openSearchConnection(config);
  const openSearch = createOpenSearch(connection);
  try {
    if (properties.indexerSecretArn !== undefined) await putIndexer(properties.indexerSecretArn, openSearch);
    await runSetup(
      {
        templates: templateSettingsOf(config),
        retainDays: config.OPENSEARCH_RETAIN_DAYS ?? null,
        compressAfterDays: config.OPENSEARCH_COMPRESS_AFTER_DAYS ?? null,
        nowMs: Date.now(),
      },
      {
        openSearch,
        dashboards: createDashboardsClient({ ...connection, url: `${properties.endpoint}/_dashboards` }),
        planOnly: false,
        holders: roleHoldersOf(config),
        write: (text) => log.info(text.trimEnd()),
      },
    );
  } finally {
    await openSearch.close();
  }
}

/** Each time: a password cannot be read back, so that a secret that has changed is carried over by deploying. */
async function putIndexer(secretArn: string, openSearch: OpenSearch): Promise<void> {
  const { username, password } = await readSecret(secretArn, credentialsSchema, awsLocation());
  await openSearch.request(putInternalUser(username, password, { backend_roles: [], attributes: {} }));
  log.info(`user ${username}: as its secret says`);
}

function configOf({ endpoint, masterSecretArn, settings }: Properties) {
  return setupConfig({
    ...environment,
    ...settings,
    OPENSEARCH_URL: endpoint,
    OPENSEARCH_SECRET_ID: masterSecretArn,
  });
}
