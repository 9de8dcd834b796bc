import type { JsonSchema } from "./json-schema.ts";

/** One difference between two versions of a schema. */
export interface SchemaChange {
  /** The field: `windows.*.open`; empty for the record itself. */
  readonly at: string;
  readonly what: string;
  /** True where a reader of the version before could be wrong about a record of the version after. */
  readonly isBreaking: boolean;
}

/** What only people read. */
const annotations: readonly string[] = ["$id", "title", "description"];

/**
 * The differences that a reader can meet. Fields are only ever added: a field that goes, changes its type or may be absent where it was certain breaks readers; so does
 * a value that an enumeration loses (it is not coming any more) or gains (they do not know it).
 */
export function schemaChanges(before: JsonSchema, after: JsonSchema, at = ""): readonly SchemaChange[] {
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keywords].flatMap((keyword): readonly SchemaChange[] => {
    if (annotations.includes(keyword)) return [];
    if (keyword === "properties") return fieldChanges(before, after, at);
    if (keyword === "required") return certaintyChanges(before, after, at);
    return keywordChanges(keyword, before[keyword], after[keyword], at);
  });
}

function fieldChanges(before: JsonSchema, after: JsonSchema, at: string): readonly SchemaChange[] {
  const [old, fresh] = [before.properties ?? {}, after.properties ?? {}];
  const kept = Object.entries(old).flatMap(([name, schema]): readonly SchemaChange[] => {
    const now = fresh[name];
    return now === undefined ? [breaking(inside(at, name), "is gone")] : schemaChanges(schema, now, inside(at, name));
  });
  const added = Object.keys(fresh).filter((name) => !Object.hasOwn(old, name));
  return [...kept, ...added.map((name) => ({ at: inside(at, name), what: "is new", isBreaking: false }))];
}

function certaintyChanges(before: JsonSchema, after: JsonSchema, at: string): readonly SchemaChange[] {
  const [old, now] = [before.required ?? [], after.required ?? []];
  const lost = old.filter((name) => !now.includes(name) && Object.hasOwn(after.properties ?? {}, name));
  const gained = now.filter((name) => !old.includes(name) && Object.hasOwn(before.properties ?? {}, name));
  return [
    ...lost.map((name) => breaking(inside(at, name), "may be absent now")),
    ...gained.map((name) => ({ at: inside(at, name), what: "is always there now", isBreaking: false })),
  ];
}

function keywordChanges(keyword: string, before: unknown, after: unknown, at: string): readonly SchemaChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (keyword === "enum" && Array.isArray(before) && Array.isArray(after)) {
    const lost = before.filter((value) => !after.includes(value));
    const gained = after.filter((value) => !before.includes(value));
    return [
      ...lost.map((value) => breaking(at, `loses the value ${JSON.stringify(value)}`)),
      ...gained.map((value) => breaking(at, `gains the value ${JSON.stringify(value)}`)),
    ];
  }
  if (keyword === "anyOf" && isSchemas(before) && isSchemas(after) && before.length === after.length) {
    return before.flatMap((one, index) => schemaChanges(one, after[index] ?? {}, at));
  }
  if (isSchema(before) && isSchema(after)) {
    return schemaChanges(before, after, keyword === "propertyNames" ? at : inside(at, "*"));
  }
  return [breaking(at, `${keyword} was ${textOf(before)} and is ${textOf(after)}`)];
}

function breaking(at: string, what: string): SchemaChange {
  return { at, what, isBreaking: true };
}

function inside(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSchemas(value: unknown): value is readonly JsonSchema[] {
  return Array.isArray(value) && value.every(isSchema);
}

function textOf(value: unknown): string {
  return value === undefined ? "not said" : JSON.stringify(value);
}
