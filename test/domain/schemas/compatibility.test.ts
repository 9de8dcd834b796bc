import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { JsonSchema } from "../../../domain/schemas/json-schema.ts";
import { schemasVersion } from "../../../domain/schemas/record-schemas.ts";
import { schemaChanges } from "../../../domain/schemas/schema-changes.ts";
import { schemaFiles } from "../../../scripts/make-schemas.ts";

const published = new URL("../../../domain/schemas/published/", import.meta.url);
const minorOf = (version: string) => Number(version.split(".")[1]);
const versions = readdirSync(published).toSorted((a, b) => minorOf(a) - minorOf(b));

type Schemas = ReadonlyMap<string, JsonSchema>;

/** The schemas that were published under a version. */
function schemasOf(version: string): Schemas {
  const folder = new URL(`${version}/`, published);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  return new Map(names.map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), "utf8"))]));
}

const today: Schemas = new Map([...schemaFiles()].map(([name, text]) => [name, JSON.parse(text)]));

/** What a reader of the older version could not cope with. */
function breaks(older: Schemas, newer: Schemas): readonly string[] {
  return [...older].flatMap(([name, schema]) => {
    const now = newer.get(name);
    if (now === undefined) return [`${name} is gone`];
    return schemaChanges(schema, now).flatMap(({ at, what, isBreaking }) =>
      isBreaking ? [`${name}: ${at} ${what}`] : [],
    );
  });
}

it.each(versions)("fields are only ever added: who reads by version %s can read today's records", (version) => {
  expect(breaks(schemasOf(version), today)).toEqual([]);
});

it("what is published today stands in the folder of its version (else raise schemasVersion, run scripts/make-schemas.ts)", () => {
  expect(versions.at(-1)).toBe(schemasVersion);
  const newest = schemasOf(schemasVersion);
  expect([...newest.keys()].toSorted()).toEqual([...today.keys()].toSorted());
  const changes = [...today].flatMap(([name, schema]) => schemaChanges(newest.get(name) ?? {}, schema));
  expect(changes).toEqual([]);
});

it("versions are 1.0, 1.1 and so on: there is no break to raise the first number for", () => {
  expect(versions).toEqual(versions.map((_, minor) => `1.${minor}`));
});
