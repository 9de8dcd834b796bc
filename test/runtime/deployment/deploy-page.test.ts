import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { sizesSchema } from "../../../domain/deployment/sizes.ts";
import { customerDocument, providerDocument } from "../../../runtime/deployment/deployment.ts";

const page = readFileSync(new URL("../../../docs/deploy.md", import.meta.url), "utf8");
const section = page.slice(page.indexOf("\n## The file\n"), page.indexOf("\n## What it costs\n"));
const firstCells = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key);

it("docs/deploy.md has a row for every key of a provider's file, and names those of a customer's", () => {
  const { feed, alarms, ...others } = providerDocument.shape;
  const keys = [
    ...Object.keys(others),
    ...Object.keys(feed.shape).map((key) => `feed.${key}`),
    ...Object.keys(alarms.shape).map((key) => `alarms.${key}`),
  ];
  expect(firstCells).toEqual(expect.arrayContaining(keys));
  for (const key of Object.keys(customerDocument.shape)) expect(section).toMatch(new RegExp(`\`${key}[\`:]`));
});

it("docs/deploy.md names every value that overrides can change, in its group's row", () => {
  const { stages, ...groups } = sizesSchema.shape;
  const stageKeys = Object.entries(stages.shape).flatMap(([name, { shape }]) => [name, ...Object.keys(shape)]);
  const keysOf = {
    ...Object.fromEntries(Object.entries(groups).map(([name, { shape }]) => [name, Object.keys(shape)])),
  };
  for (const [group, keys] of Object.entries({ ...keysOf, stages: stageKeys })) {
    const row = section.split("\n").find((line) => line.startsWith(`| \`${group}\` |`));
    for (const key of keys) expect(row, group).toContain(`\`${key}\``);
  }
});
