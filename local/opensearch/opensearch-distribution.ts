import type { Distribution } from "../install/distribution.ts";
import { readManifest } from "../install/manifest.ts";

/** The OpenSearch node with its modules, without the plugins of the full distribution and without a Java. */
export const openSearchDistribution: Distribution = {
  name: "OpenSearch 3.8.0",
  folder: "opensearch-3.8.0",
  pom: new URL("./pom.xml", import.meta.url),
  manifest: readManifest(new URL("./opensearch-3.8.0.sha256", import.meta.url)),
  bytesExpected: 391_300_000,
};
