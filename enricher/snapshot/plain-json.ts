/** Marks what JSON has no word for. An object that has this key itself is marked too, so that nothing is read as what it was not. */
const tag = "$";

/**
 * Plain data as JSON text, with maps, infinities, NaN and -0 kept: JSON alone loses them in silence. Undefined properties are left out, as in JSON.
 * Keys that a map has stay strings or numbers, as they were.
 */
export function plainToJson(value: unknown): string {
  return JSON.stringify(marked(value));
}

/** What `JSON.parse` made of such a text, with the marks taken for what they mean. Takes the value over. */
export function plainFromParsed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) value[at] = plainFromParsed(value[at]);
    return value;
  }
  const object = value as Record<string, unknown>;
  if (tag in object) return unmarked(object[tag], object["of"]);
  for (const key in object) {
    const inner = object[key];
    if (typeof inner === "object" && inner !== null) object[key] = plainFromParsed(inner);
  }
  return object;
}

/** The value itself where JSON can hold it: most can, and are not copied. */
function marked(value: unknown): unknown {
  if (typeof value === "number") return markedNumber(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Map) return { [tag]: "map", of: [...value].map(marked) };
  if (Array.isArray(value)) return markedArray(value);
  const object = value as Record<string, unknown>;
  let copy: Record<string, unknown> | null = null;
  for (const key in object) {
    const inner = object[key];
    const kept = marked(inner);
    if (Object.is(inner, kept)) continue;
    copy ??= { ...object };
    copy[key] = kept;
  }
  return tag in object ? { [tag]: "object", of: copy ?? object } : (copy ?? object);
}

function markedArray(values: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (const [at, inner] of values.entries()) {
    const kept = marked(inner);
    if (Object.is(inner, kept)) continue;
    copy ??= [...values];
    copy[at] = kept;
  }
  return copy ?? values;
}

function markedNumber(value: number): unknown {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { [tag]: Object.is(value, -0) ? "-0" : String(value) };
}

function unmarked(kind: unknown, of: unknown): unknown {
  if (kind === "map") return new Map((of as [unknown, unknown][]).map(([key, inner]) => [key, plainFromParsed(inner)]));
  if (kind !== "object") return Number(kind);
  const object = of as Record<string, unknown>;
  for (const key in object) object[key] = plainFromParsed(object[key]);
  return object;
}
