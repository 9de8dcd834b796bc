import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { issueAuthority, issueServerCertificate } from "../../../local/kafka/certificate.ts";

/** The administrator of the test node; its hash below is bcrypt's. */
export const administrator = { username: "admin", password: "of-the-test-node" };
const administratorHash = "$2b$04$I.FiOakp5AZJN5TXxZzugugr3hoQt/iFBAdhmvFFP0vVSG76kddXS";

/** Lines of opensearch.yml: TLS on both sides, and an index of users and roles that is filled from the files at the first start. */
export const securitySettings: Readonly<Record<string, unknown>> = {
  "plugins.security.ssl.http.enabled": true,
  ...pemFiles("http"),
  ...pemFiles("transport"),
  "plugins.security.allow_default_init_securityindex": true,
  "plugins.security.restapi.roles_enabled": ["all_access"],
  "plugins.security.audit.type": "noop",
  "plugins.security.unsupported.load_static_resources": true,
};

function pemFiles(layer: string): Readonly<Record<string, string>> {
  return {
    [`plugins.security.ssl.${layer}.pemcert_filepath`]: "node.pem",
    [`plugins.security.ssl.${layer}.pemkey_filepath`]: "node.key",
    [`plugins.security.ssl.${layer}.pemtrustedcas_filepath`]: "ca.pem",
  };
}

/** Makes a certificate authority and the node's certificate, and writes the plugin's first users and roles. Resolves to the authority in PEM. */
export async function writeSecurityConfig(configFolder: string, securityFolder: string): Promise<string> {
  const notBefore = new Date(Date.now() - 24 * 3600 * 1000);
  const notAfter = new Date(Date.now() + 24 * 3600 * 1000);
  const commonName = "Authority of the test node";
  const authority = issueAuthority({ commonName, notBefore, notAfter });
  const node = issueServerCertificate(
    { ...authority, commonName },
    { commonName: "localhost", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], notBefore, notAfter },
  );
  await writeFile(join(configFolder, "ca.pem"), authority.certificate);
  await writeFile(join(configFolder, "node.pem"), node.certificate);
  await writeFile(join(configFolder, "node.key"), node.privateKey, { mode: 0o600 });
  for (const [name, type, body] of securityFiles) {
    // JSON is YAML.
    const text = JSON.stringify({ _meta: { type, config_version: 2 }, ...body });
    await writeFile(join(securityFolder, `${name}.yml`), text);
  }
  return authority.certificate;
}

const basicAuthentication = {
  http_enabled: true,
  transport_enabled: true,
  order: 0,
  http_authenticator: { type: "basic", challenge: true },
  authentication_backend: { type: "intern" },
};

const securityFiles: readonly (readonly [name: string, type: string, body: object])[] = [
  ["config", "config", { config: { dynamic: { authc: { basic: basicAuthentication } } } }],
  ["internal_users", "internalusers", { admin: { hash: administratorHash } }],
  ["roles_mapping", "rolesmapping", { all_access: { users: [administrator.username] } }],
  ["roles", "roles", {}],
  ["action_groups", "actiongroups", {}],
  ["tenants", "tenants", {}],
  ["nodes_dn", "nodesdn", {}],
  ["allowlist", "allowlist", { config: { enabled: false } }],
  ["audit", "audit", { config: { enabled: false } }],
];
