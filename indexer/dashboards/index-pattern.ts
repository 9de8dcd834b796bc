import { indexPattern } from "../index-names.ts";
import { type KindName, kinds } from "../kinds.ts";
import { type FieldMapping, fieldsByKind, windowFields } from "../mappings.ts";
import { fieldFormats } from "./field-formats.ts";
import type { Naming } from "./naming.ts";
import { type SavedObject, savedObject } from "./saved-object.ts";

/** A field as OpenSearch Dashboards lists it. */
interface FieldSpec {
  readonly name: string;
  readonly type: "string" | "number" | "date" | "boolean" | "_source";
  readonly esTypes?: readonly string[];
  readonly count: number;
  readonly scripted: boolean;
  readonly searchable: boolean;
  readonly aggregatable: boolean;
  readonly readFromDocValues: boolean;
}

/** The index pattern of a kind, with its fields, so that dashboards work before the first document is there. */
export function indexPatternObject(kind: KindName, naming: Naming): SavedObject {
  const fields = fieldSpecs(kind);
  return savedObject("index-pattern", naming.patternId(kind), {
    title: indexPattern(naming.indexPrefix, kind),
    timeFieldName: kinds[kind].timeField,
    fields: JSON.stringify(fields),
    fieldFormatMap: JSON.stringify(fieldFormats(fields.map(({ name }) => name))),
  });
}

/** All fields of a kind. Of windows, those of the default intervals: after setting others, refresh the pattern's field list. */
function fieldSpecs(kind: KindName): readonly FieldSpec[] {
  const own = Object.entries(fieldsByKind[kind]).flatMap(([name, mapping]) => leaves(name, mapping));
  const windows = ["1m", "5m"].flatMap((interval) =>
    Object.entries({ start: { type: "date_nanos" }, ...windowFields }).flatMap(([name, mapping]) =>
      leaves(`windows.${interval}.${name}`, mapping),
    ),
  );
  return [...metaFields, ...own, ...(kind === "quote" ? windows : [])];
}

function leaves(name: string, mapping: FieldMapping): readonly FieldSpec[] {
  const { type, properties, index } = mapping;
  if (type === "object") {
    const below = Object.entries((properties ?? {}) as Readonly<Record<string, FieldMapping>>);
    return below.flatMap(([child, childMapping]) => leaves(`${name}.${child}`, childMapping));
  }
  const hasDocValues = type !== "text" && mapping.doc_values !== false;
  return [
    {
      name,
      type: fieldTypes[String(type)] ?? "string",
      esTypes: [String(type)],
      count: 0,
      scripted: false,
      searchable: index !== false,
      aggregatable: hasDocValues,
      readFromDocValues: hasDocValues,
    },
  ];
}

const fieldTypes: Readonly<Record<string, FieldSpec["type"]>> = {
  keyword: "string",
  text: "string",
  date: "date",
  date_nanos: "date",
  long: "number",
  scaled_float: "number",
  boolean: "boolean",
};

const meta = { count: 0, scripted: false, readFromDocValues: false };
const metaFields: readonly FieldSpec[] = [
  { name: "_id", type: "string", esTypes: ["_id"], searchable: true, aggregatable: true, ...meta },
  { name: "_index", type: "string", esTypes: ["_index"], searchable: true, aggregatable: true, ...meta },
  { name: "_score", type: "number", searchable: false, aggregatable: false, ...meta },
  { name: "_source", type: "_source", esTypes: ["_source"], searchable: false, aggregatable: false, ...meta },
];
