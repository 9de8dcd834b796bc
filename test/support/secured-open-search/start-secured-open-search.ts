import { mkdir } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { readManifest } from "../../../local/install/manifest.ts";
import { type RunningOpenSearch, startOpenSearch } from "../../../local/opensearch/start-opensearch.ts";
import { administrator, securitySettings, writeSecurityConfig } from "./security-config.ts";

/** A node with the security plugin: TLS with an authority of its own, and users that sign in with passwords. */
export interface SecuredOpenSearch extends RunningOpenSearch {
  /** The certificate authority, PEM. */
  readonly ca: string;
  readonly administrator: { readonly username: string; readonly password: string };
}

const folder = "secured-opensearch-3.4.0";
const here = (file: string) => new URL(`./${file}`, import.meta.url);

/** Starts one in a temporary folder; the first time downloads it. */
export async function startSecuredOpenSearch(): Promise<SecuredOpenSearch> {
  let ca = "";
  const server = await startOpenSearch(
    { environment: process.env },
    {
      distribution: {
        name: "OpenSearch 3.4.0 with its security plugin",
        folder,
        pom: here("pom.xml"),
        manifest: readManifest(here(`${folder}.sha256`)),
        bytesExpected: 408_000_000,
      },
      home: "opensearch-3.4.0",
      settings: securitySettings,
      prepare: async (configFolder) => {
        const securityFolder = join(configFolder, "opensearch-security");
        await mkdir(securityFolder, { recursive: true });
        ca = await writeSecurityConfig(configFolder, securityFolder);
      },
      protocol: "https",
      isHealthy: (url) => isHealthy(url, ca),
    },
  );
  return { ...server, ca, administrator };
}

/** Until the plugin has read its users, it answers 503. */
function isHealthy(url: string, ca: string): Promise<boolean> {
  const { username, password } = administrator;
  return new Promise((resolve, reject) => {
    const path = `${url}/_cluster/health?wait_for_status=yellow&timeout=2s`;
    const asked = request(path, { ca, auth: `${username}:${password}`, timeout: 5000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", reject);
    asked.end();
  });
}
