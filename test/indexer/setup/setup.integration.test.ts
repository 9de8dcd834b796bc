import { afterAll, beforeAll } from "vitest";
import { runSetup } from "../../../indexer/setup/run-setup.ts";
import { type RunningOpenSearch, startOpenSearch } from "../../../local/opensearch/start-opensearch.ts";
import { createOpenSearch } from "../../../runtime/opensearch/client.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";
import { describePanels } from "../dashboards/panels-on-open-search.ts";
import { describePicture } from "../dashboards/picture/draw-dashboards.ts";
import { describeExamples } from "../examples-on-open-search.ts";
import { describeSetup } from "./setup-on-open-search.ts";

// One node for all: starting it takes ten seconds of a core.
let server: RunningOpenSearch;
let openSearch: OpenSearch;

beforeAll(async () => {
  server = await startOpenSearch({ environment: process.env });
  openSearch = createOpenSearch({ url: server.url, basicAuth: null, ca: undefined });
  const templates = { indexPrefix: "market-", shards: 1, replicas: 0, refreshMs: 1000 };
  const options = { templates, retainDays: null, compressAfterDays: null, nowMs: Date.now() };
  await runSetup(options, { openSearch, dashboards: null, planOnly: false, write: () => {} });
});
afterAll(async () => {
  await openSearch?.close();
  await server?.stop();
});

describeSetup(() => openSearch);
describePanels(() => openSearch);
describeExamples(() => openSearch);
describePicture(() => openSearch);
