/** What OpenSearch Dashboards asks of saved objects, as far as an import or the opening of a dashboard would show it. */
export interface LooseObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly { readonly name: string; readonly type: string; readonly id: string }[];
  readonly migrationVersion: Readonly<Record<string, string>>;
}

/** Attributes by type: mappings are strict, so that any other fails the import. Those in the second list are JSON in a string. */
const shapes: Readonly<
  Record<string, { readonly version: string; readonly plain: readonly string[]; readonly json: readonly string[] }>
> = {
  "index-pattern": { version: "7.6.0", plain: ["title", "timeFieldName"], json: ["fields", "fieldFormatMap"] },
  search: {
    version: "7.9.3",
    plain: ["title", "description", "hits", "columns", "sort", "version", "kibanaSavedObjectMeta"],
    json: [],
  },
  visualization: {
    version: "7.10.0",
    plain: ["title", "description", "version", "kibanaSavedObjectMeta"],
    json: ["visState", "uiStateJSON"],
  },
  dashboard: {
    version: "7.9.3",
    plain: [
      ...["title", "description", "hits", "version", "kibanaSavedObjectMeta"],
      ...["timeRestore", "timeFrom", "timeTo", "refreshInterval"],
    ],
    json: ["panelsJSON", "optionsJSON"],
  },
};

interface Field {
  readonly name: string;
  readonly type: string;
  readonly aggregatable: boolean;
}

interface Aggregation {
  readonly id: string;
  readonly type: string;
  readonly schema: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Every fault of a set of objects that is imported together, a line each; none where all is well. */
export function faultsOf(objects: readonly LooseObject[]): readonly string[] {
  const byKey = new Map(objects.map((object) => [`${object.type}/${object.id}`, object]));
  const faults = objects.flatMap((object) => {
    const own: string[] = [];
    check(object, byKey, own);
    return own.map((fault) => `${object.type} ${object.id}: ${fault}`);
  });
  return byKey.size === objects.length ? faults : [...faults, "two objects have one id"];
}

function check(object: LooseObject, byKey: ReadonlyMap<string, LooseObject>, faults: string[]): void {
  const { type, attributes, references, migrationVersion } = object;
  const expected = ["attributes", "id", "migrationVersion", "references", "type"];
  if (Object.keys(object).sort().join() !== expected.join()) faults.push(`keys ${Object.keys(object)}`);
  if (!/^[a-z0-9-]+$/.test(object.id)) faults.push("an id that a URL would have to escape");
  const shape = shapes[type];
  if (shape === undefined) return void faults.push("unknown type");
  if (JSON.stringify(migrationVersion) !== JSON.stringify({ [type]: shape.version })) faults.push("migrationVersion");
  for (const name of Object.keys(attributes)) {
    if (![...shape.plain, ...shape.json].includes(name)) faults.push(`unknown attribute ${name}`);
  }
  for (const name of shape.json) parsed(attributes[name], name, faults);
  if (typeof attributes.title !== "string" || attributes.title === "") faults.push("no title");
  if (new Set(references.map(({ name }) => name)).size < references.length) faults.push("two references of one name");
  for (const { type: to, id } of references) {
    if (!byKey.has(`${to}/${id}`)) faults.push(`refers to ${to} ${id}, which is not there`);
  }
  const used = new Set<string>();
  if ("kibanaSavedObjectMeta" in attributes) searchSource(object, used, faults);
  if (type === "visualization") visualization(object, byKey, used, faults);
  if (type === "dashboard") dashboard(object, used, faults);
  if (type === "search") columns(object, byKey, faults);
  for (const name of used) if (!references.some((each) => each.name === name)) faults.push(`no reference ${name}`);
  for (const { name } of references) if (!used.has(name)) faults.push(`reference ${name} is not used`);
}

function parsed(value: unknown, name: string, faults: string[]): unknown {
  if (typeof value !== "string") return void faults.push(`${name} is no string`);
  try {
    return JSON.parse(value);
  } catch {
    return void faults.push(`${name} is no JSON`);
  }
}

function searchSource({ type, attributes }: LooseObject, used: Set<string>, faults: string[]): void {
  const meta = attributes.kibanaSavedObjectMeta as Readonly<Record<string, unknown>>;
  if (Object.keys(meta).join() !== "searchSourceJSON") faults.push("kibanaSavedObjectMeta has other keys");
  const source = parsed(meta.searchSourceJSON, "searchSourceJSON", faults) as
    | {
        readonly index?: string;
        readonly indexRefName?: string;
        readonly query?: { readonly language?: string };
        readonly filter?: readonly {
          readonly meta: Readonly<Record<string, unknown>>;
          readonly query?: object;
          readonly exists?: object;
        }[];
      }
    | undefined;
  if (source === undefined) return;
  if (source.index !== undefined) faults.push("an index pattern's id outside the references");
  if (source.query?.language !== "kuery") faults.push("no query");
  if (source.indexRefName !== undefined) used.add(source.indexRefName);
  else if (type === "search") faults.push("no index pattern");
  for (const filter of source.filter ?? []) {
    if (typeof filter.meta.indexRefName === "string") used.add(filter.meta.indexRefName);
    else faults.push("a filter without index pattern");
    if ((filter.query ?? filter.exists) === undefined || filter.meta.disabled !== false)
      faults.push("a filter that filters nothing");
  }
}

/** The fields of the pattern that a reference of this name leads to. */
function fieldsBehind(
  { references }: LooseObject,
  name: string,
  byKey: ReadonlyMap<string, LooseObject>,
): ReadonlyMap<string, Field> {
  const reference = references.find((each) => each.name === name);
  const pattern = reference && byKey.get(`index-pattern/${reference.id}`);
  const fields: readonly Field[] = pattern === undefined ? [] : JSON.parse(String(pattern.attributes.fields));
  return new Map(fields.map((field) => [field.name, field]));
}

const mainPattern = "kibanaSavedObjectMeta.searchSourceJSON.index";
/** Which places of a chart an aggregation may take, by the chart's type. */
const schemas: Readonly<Record<string, readonly string[]>> = {
  histogram: ["metric", "segment", "group"],
  line: ["metric", "segment", "group"],
  heatmap: ["metric", "segment", "group"],
  table: ["metric", "bucket"],
  metric: ["metric", "group"],
};

function visualization(
  object: LooseObject,
  byKey: ReadonlyMap<string, LooseObject>,
  used: Set<string>,
  faults: string[],
): void {
  const state = parsed(object.attributes.visState, "visState", faults) as
    | {
        readonly title: string;
        readonly type: string;
        readonly params: Readonly<Record<string, unknown>>;
        readonly aggs: readonly Aggregation[];
      }
    | undefined;
  if (state === undefined) return;
  if (state.title !== object.attributes.title) faults.push("two titles");
  if (state.type === "input_control_vis") {
    controls(object, state.params, byKey, used, faults);
    return;
  }
  const allowed = schemas[state.type];
  if (allowed === undefined) return void faults.push(`unknown chart ${state.type}`);
  if (state.params.type !== undefined && state.params.type !== state.type) faults.push("two types");
  const fields = fieldsBehind(object, mainPattern, byKey);
  const ids = state.aggs.map(({ id }) => id);
  if (new Set(ids).size < ids.length) faults.push("two aggregations of one id");
  if (!state.aggs.some(({ schema }) => schema === "metric")) faults.push("no metric");
  if (state.aggs.filter(({ schema }) => schema === "segment").length > 1) faults.push("two x axes");
  for (const { type, schema, params } of state.aggs) {
    if (!allowed.includes(schema)) faults.push(`a ${state.type} has no place ${schema}`);
    if (type !== "count") field(type, params, fields, faults);
    const { orderBy } = params;
    const metrics = state.aggs.filter((each) => each.schema === "metric" && each.type !== "top_hits");
    if (type === "terms" && orderBy !== "_key" && !metrics.some(({ id }) => id === orderBy)) {
      faults.push(`orders by ${orderBy}, which is not there or cannot be ordered by`);
    }
  }
  const series = state.params.seriesParams as readonly { readonly data: { readonly id: string } }[] | undefined;
  for (const { data } of series ?? []) if (!ids.includes(data.id)) faults.push(`series ${data.id} has no metric`);
  if (
    state.type === "heatmap" &&
    !(Number(state.params.colorsNumber) >= 2 && Number(state.params.colorsNumber) <= 10)
  ) {
    faults.push("a heat map has two to ten colours");
  }
}

const fieldTypes: Readonly<Record<string, readonly string[]>> = {
  date_histogram: ["date"],
  terms: ["string", "number", "boolean"],
  avg: ["number"],
  sum: ["number"],
  min: ["number", "date"],
  max: ["number", "date"],
  percentiles: ["number"],
  top_hits: ["string", "number", "date", "boolean"],
};

function field(
  type: string,
  params: Readonly<Record<string, unknown>>,
  fields: ReadonlyMap<string, Field>,
  faults: string[],
): void {
  for (const name of [params.field, ...(type === "top_hits" ? [params.sortField] : [])]) {
    const found = fields.get(String(name));
    if (found === undefined) faults.push(`no field ${name}`);
    else if (!fieldTypes[type]?.includes(found.type)) faults.push(`${type} of ${name}, a ${found.type}`);
    else if (!found.aggregatable) faults.push(`${name} cannot be aggregated`);
  }
}

function controls(
  object: LooseObject,
  params: Readonly<Record<string, unknown>>,
  byKey: ReadonlyMap<string, LooseObject>,
  used: Set<string>,
  faults: string[],
): void {
  for (const control of params.controls as readonly Readonly<Record<string, unknown>>[]) {
    const name = String(control.indexPatternRefName);
    used.add(name);
    field("terms", { field: control.fieldName }, fieldsBehind(object, name, byKey), faults);
  }
}

function columns(object: LooseObject, byKey: ReadonlyMap<string, LooseObject>, faults: string[]): void {
  const fields = fieldsBehind(object, mainPattern, byKey);
  const sort = object.attributes.sort as readonly (readonly [string, string])[];
  for (const name of [...(object.attributes.columns as readonly string[]), ...sort.map(([by]) => by)]) {
    if (!fields.has(name)) faults.push(`no field ${name}`);
  }
}

interface Grid {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly i: string;
}

const columnsMax = 48;

function dashboard({ attributes }: LooseObject, used: Set<string>, faults: string[]): void {
  const panels = (parsed(attributes.panelsJSON, "panelsJSON", faults) ?? []) as readonly {
    readonly panelIndex: string;
    readonly panelRefName: string;
    readonly gridData: Grid;
    readonly embeddableConfig: unknown;
    readonly version: unknown;
  }[];
  const taken = new Set<string>();
  for (const { panelIndex, panelRefName, gridData, embeddableConfig, version } of panels) {
    used.add(panelRefName);
    const { x, y, w, h, i } = gridData;
    if (i !== panelIndex || typeof embeddableConfig !== "object" || typeof version !== "string") {
      faults.push(`panel ${panelIndex} is not whole`);
    }
    if (x < 0 || w < 1 || x + w > columnsMax) faults.push(`panel ${panelIndex} is beyond the ${columnsMax} columns`);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        const cell = `${column}/${row}`;
        if (taken.has(cell)) return void faults.push(`panel ${panelIndex} lies on another`);
        taken.add(cell);
      }
    }
  }
  if (new Set(panels.map(({ panelIndex }) => panelIndex)).size < panels.length) faults.push("two panels of one index");
}
