import { afterAll, beforeAll } from "vitest";
import { createOpenSearch } from "../../runtime/opensearch/client.ts";
import type { OpenSearch } from "../../runtime/opensearch/types.ts";
import { describeCustomers } from "../cli/entitlements/customers-on-open-search.ts";
import { describeRoles } from "../indexer/setup/roles-on-open-search.ts";
import {
  type SecuredOpenSearch,
  startSecuredOpenSearch,
} from "../support/secured-open-search/start-secured-open-search.ts";

// One node with the security plugin for all that is about rights: starting it takes fifteen seconds.
let server: SecuredOpenSearch;
let admin: OpenSearch;

beforeAll(async () => {
  server = await startSecuredOpenSearch();
  admin = createOpenSearch({ url: server.url, ca: server.ca, basicAuth: server.administrator });
});
afterAll(async () => {
  await admin?.close();
  await server?.stop();
});

describeRoles(
  () => server,
  () => admin,
);
describeCustomers(
  () => server,
  () => admin,
);
