import type { Customer, Product } from "./entitlements.ts";
import { fieldsOf, identityFieldsOf, type RecordType, recordTypesOf } from "./record-types.ts";
import type { IndexPermission, RoleDefinition } from "./role-definition.ts";

/** The role of a customer, and who has it. */
export interface OpenSearchRole {
  readonly name: string;
  readonly customer: string;
  /** The customer's users, by their names in the entitlements. */
  readonly users: readonly string[];
  readonly definition: RoleDefinition;
}

/**
 * One role a customer, with one permission for each kind of index. Where several products of a customer show the same kind, the role shows the
 * documents of all of them, and of each only the fields that all of them hold: the security plugin joins fields over documents, and would
 * else show the columns of one product on the symbols of another. A product with a delay shows nothing: the security plugin knows no "now" in its
 * queries, so that no role can say "received 15 minutes ago". So the role may show less than was sold, never more.
 */
export function openSearchRole(customer: Customer, bought: readonly Product[], prefix: string): OpenSearchRole {
  const products = bought.filter(({ delayMs }) => delayMs === 0);
  const types = [...new Set(products.flatMap(({ kinds }) => kinds).flatMap((kind) => recordTypesOf[kind]))];
  return {
    name: `${roleBeginning(prefix)}${customer.name}`,
    customer: customer.name,
    users: customer.users,
    definition: {
      description: roleDescription(customer.name, prefix),
      cluster_permissions: ["cluster_composite_ops_ro"],
      index_permissions: types.map((type) => permissionFor(type, products, prefix)),
      tenant_permissions: [],
    },
  };
}

/** What the names of all customers' roles of a deployment begin with. */
export function roleBeginning(prefix: string): string {
  return `${indexPrefix(prefix)}customer-`;
}

/** Tells whose a role is: the name alone could be that of another deployment's. */
export function roleDescription(customer: string, prefix: string): string {
  return `Bellwether: what the customer ${customer} of ${prefix === "" ? "the deployment" : prefix} has bought`;
}

/** All top-level fields of the records that a role's index pattern is of. */
export function fieldsOfPattern(pattern: string): readonly string[] {
  const types = Object.keys(fieldsOf) as RecordType[];
  const type = types.find((each) => pattern.endsWith(`${each}s-*`));
  return type === undefined ? [] : fieldsOf[type];
}

/** What a role shows, in short. */
export function roleText({ definition }: OpenSearchRole): string {
  const shown = definition.index_permissions.map(({ index_patterns, dls, fls }) => {
    const limits = [...(dls === undefined ? [] : ["some documents"]), ...(fls === undefined ? [] : ["some fields"])];
    return `${index_patterns.join(",")}${limits.length === 0 ? "" : ` (${limits.join(", ")})`}`;
  });
  return shown.length === 0 ? "shows nothing" : `shows ${shown.join(", ")}`;
}

function permissionFor(type: RecordType, products: readonly Product[], prefix: string): IndexPermission {
  const showing = products.filter(({ kinds }) => kinds.some((kind) => recordTypesOf[kind].includes(type)));
  const views = undominated(showing.map((product) => viewOf(type, product)));
  const queries = views.map(({ conditions }) => conditions);
  const isWhole = queries.some((conditions) => conditions.length === 0);
  const fields = fieldsOf[type].filter((field) => views.every((view) => view.fields.has(field)));
  return {
    index_patterns: [`${indexPrefix(prefix)}${type}s-*`],
    allowed_actions: ["read"],
    ...(isWhole ? {} : { dls: JSON.stringify(anyOf(queries)) }),
    ...(fields.length === fieldsOf[type].length ? {} : { fls: fields.flatMap(withChildren) }),
  };
}

/** What one product shows of a type of record. */
interface View {
  readonly product: Product;
  readonly conditions: readonly object[];
  readonly fields: ReadonlySet<string>;
}

function viewOf(type: RecordType, product: Product): View {
  const isBar = product.shape === "bar";
  const conditions = [
    ...(product.symbols === "*" ? [] : [ofSymbols(type, product.symbols)]),
    ...(isBar ? [{ term: { interval: "1m" } }, { term: { revision: 0 } }] : []),
  ];
  const columns = isBar ? barColumns : product.columns === "*" ? fieldsOf[type] : product.columns;
  return { product, conditions, fields: new Set([...identityFieldsOf[type], ...columns]) };
}

/** What the shape `bar` is made from. */
const barColumns = ["tradeOpen", "tradeHigh", "tradeLow", "tradeClose", "volume", "percentChange", "indicator"];

/** A gap that names no symbol is about every one. */
function ofSymbols(type: RecordType, symbols: readonly string[]): object {
  const named = { terms: { symbol: symbols } };
  if (type !== "gap") return named;
  const unnamed = { bool: { must_not: [{ exists: { field: "symbol" } }] } };
  return { bool: { should: [named, unnamed], minimum_should_match: 1 } };
}

function anyOf(queries: readonly (readonly object[])[]): object {
  const each = queries.map((filter) => ({ bool: { filter } }));
  return each.length === 1 && each[0] !== undefined ? each[0] : { bool: { should: each, minimum_should_match: 1 } };
}

/** Drops every view that another one shows all of, so that a small product takes nothing from a large one. */
function undominated(views: readonly View[]): readonly View[] {
  return views.filter(
    (view, index) =>
      !views.some((other, at) => at !== index && covers(other, view) && !(covers(view, other) && index < at)),
  );
}

function covers(wide: View, narrow: View): boolean {
  const { symbols, shape } = wide.product;
  const narrowSymbols = narrow.product.symbols;
  const hasSymbols =
    symbols === "*" || (narrowSymbols !== "*" && narrowSymbols.every((symbol) => symbols.includes(symbol)));
  const hasShape = shape === "record" || narrow.product.shape === "bar";
  const hasFields = [...narrow.fields].every((field) => wide.fields.has(field));
  return hasSymbols && hasShape && hasFields;
}

function withChildren(field: string): readonly string[] {
  return field === "windows" ? ["windows", "windows.*"] : [field];
}

/** As the indexer names its indices: an index is named in lower case. */
function indexPrefix(prefix: string): string {
  return prefix.toLowerCase().replaceAll(".", "-");
}
