import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bellwether-borders-"));
copyFileSync(join(root, "biome.json"), join(folder, "biome.json"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the linter says of one file with this content, under the project's own configuration. */
function lint(path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  const biome = join(root, "node_modules", ".bin", "biome");
  const { stdout, stderr } = spawnSync(biome, ["lint", "--vcs-enabled=false", path], { cwd: folder, encoding: "utf8" });
  return stdout + stderr;
}

const importing = (source: string) => `import { thing } from "${source}";\n\nexport const other = thing;\n`;

it.each([
  ["domain/planted.ts", "node:fs"],
  ["domain/planted.ts", "../runtime/log/log.ts"],
  ["runtime/log/planted.ts", "../../enricher/topology.ts"],
  ["producer/planted.ts", "../enricher/topology.ts"],
  ["indexer/planted.ts", "../consumer/index.ts"],
  ["enricher/operators/planted.ts", "../../runtime/log/log.ts"],
  ["enricher/topology.ts", "../runtime/log/log.ts"],
  ["consumer/planted.ts", "../runtime/opensearch/client.ts"],
  ["local/planted.ts", "../cli/help.ts"],
  ["cli/planted.ts", "../test/support/raw-log.ts"],
  ["local/kafka/planted.ts", "kafkajs"],
  ["runtime/config/planted.ts", "kafkajs"],
  ["enricher/planted.ts", "kafkajs/src/cluster/index.js"],
  ["runtime/kafka/planted.ts", "../../enricher/topology.ts"],
  ["infra/provider/planted.ts", "../../cli/entitlements/plans.ts"],
  ["infra/handlers/entitlements/planted.ts", "../../../cli/up/up.ts"],
  ["infra/handlers/search-setup/planted.ts", "../../../indexer/indexer.ts"],
])("the linter finds a breach of the folder borders: %s importing %s", (path, source) => {
  expect(lint(path, importing(source))).toContain("noRestrictedImports");
});

it.each([
  ["runtime/log/planted.ts", "../../domain/errors.ts"],
  ["enricher/planted.ts", "../runtime/log/log.ts"],
  ["cli/planted.ts", "../local/stack.ts"],
  ["runtime/kafka/planted.ts", "kafkajs"],
  ["infra/handlers/entitlements/planted.ts", "../../../cli/entitlements/plans.ts"],
  ["infra/handlers/search-setup/planted.ts", "../../../indexer/setup/run-setup.ts"],
  ["test/planted.ts", "kafkajs"],
])("an allowed import passes: %s importing %s", (path, source) => {
  expect(lint(path, importing(source))).not.toContain("noRestrictedImports");
});

it("the linter finds the environment read outside of its one file", () => {
  expect(lint("producer/planted.ts", "export const key = process.env.KEY;\n")).toContain("noProcessEnv");
});
