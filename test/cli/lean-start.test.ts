import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

/** Says, at the end, which packages were loaded. */
const teller = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
const loaded = new Set();
registerHooks({ load(url, context, next) { loaded.add(url.split("/node_modules/")[1]?.split("/")[0]); return next(url, context); } });
process.on("exit", () => process.stderr.write(JSON.stringify([...loaded].filter(Boolean))));
`)}`;

it("a command loads what it needs: the enricher's first thread, which only watches over the others, has no client of Kafka in its memory", () => {
  const program = new URL("../../cli/main.ts", import.meta.url).pathname;
  const { stderr, stdout } = spawnSync(process.execPath, ["--import", teller, program, "enrich", "--help"], {
    encoding: "utf8",
  });
  expect(stdout).toContain("ENRICHER_THREADS");
  expect(new Set(JSON.parse(stderr))).toEqual(new Set(["commander", "zod"]));
});
