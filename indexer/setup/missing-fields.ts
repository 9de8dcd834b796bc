type Fields = Readonly<Record<string, unknown>>;

/** What of the wanted fields a mapping lacks, fields of objects too. A field of another type is there: it can never be changed. */
export function missingFields(wanted: Fields, found: Fields | undefined): Fields {
  const missing: Record<string, unknown> = {};
  for (const [name, mapping] of Object.entries(wanted)) {
    const there = found?.[name];
    const inner = propertiesOf(mapping);
    if (there === undefined) missing[name] = mapping;
    else if (inner !== undefined) {
      const properties = missingFields(inner, propertiesOf(there));
      if (Object.keys(properties).length > 0) missing[name] = { ...(mapping as object), properties };
    }
  }
  return missing;
}

/** The fields as lines for a person: `delivery.feedMs: scaled_float`. */
export function fieldLines(fields: Fields, path = ""): readonly string[] {
  return Object.entries(fields).flatMap(([name, mapping]) => {
    const inner = propertiesOf(mapping) ?? {};
    if (Object.keys(inner).length > 0) return fieldLines(inner, `${path}${name}.`);
    return [`${path}${name}: ${(mapping as { readonly type?: string }).type}`];
  });
}

function propertiesOf(mapping: unknown): Fields | undefined {
  return (mapping as { readonly properties?: Fields } | undefined)?.properties;
}
