import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/consumer.md", root), "utf8");
const examples = readdirSync(new URL("examples/consumer/", root));

it("the code of the page is that of an example, which a test runs", () => {
  const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? "");
  expect(blocks).not.toEqual([]);
  const sources = examples.map((name) => readFileSync(new URL(`examples/consumer/${name}`, root), "utf8"));
  for (const block of blocks) expect(sources.some((source) => source.endsWith(block))).toBe(true);
});

it("every example is named on the page", () => {
  for (const name of examples) expect(page).toContain(`(../examples/consumer/${name})`);
});
