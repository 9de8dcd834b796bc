import type { OpenSearchRole } from "./open-search-role.ts";
import type { IndexPermission } from "./role-definition.ts";

/** Something that a user tries in OpenSearch; none of them changes anything, even where it is wrongly allowed. */
export interface OpenSearchAttempt {
  /** What the attempts of a line of the report have in common. */
  readonly title: string;
  /** The attempt as the end of a sentence: "search market-trades-2018.01.03". */
  readonly text: string;
  readonly request: {
    readonly method: "GET" | "POST" | "PUT" | "DELETE";
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: object;
  };
  /** `findsNothing`: a search that must match no document. */
  readonly expected: "allowed" | "refused" | "findsNothing";
}

export interface OpenSearchAttemptsOptions {
  /** Every index that there is, whosever it is. */
  readonly indices: readonly string[];
  /** By index pattern: all top-level fields of its records. */
  readonly fieldsOf: (pattern: string) => readonly string[];
  /** A word that no name in use ends with. */
  readonly nonce: string;
}

/** All that a user with a role must be able to do in OpenSearch, and everything else that it might try. */
export function openSearchAttempts(
  { definition }: OpenSearchRole,
  { indices, fieldsOf, nonce }: OpenSearchAttemptsOptions,
): readonly OpenSearchAttempt[] {
  const permissions = definition.index_permissions.map((permission) => {
    const pattern = permission.index_patterns[0] ?? "";
    const own = indices.filter((index) => index.startsWith(pattern.slice(0, -1))).toSorted();
    return { permission, pattern, newest: own.at(-1) };
  });
  const bought = permissions.flatMap(({ permission, pattern, newest }) =>
    newest === undefined ? [] : [{ permission, pattern, newest }],
  );
  const isOther = (index: string) => !permissions.some(({ pattern }) => index.startsWith(pattern.slice(0, -1)));
  const others = oneADay(indices.filter(isOther));
  const touched = [...bought.map(({ newest }) => newest), ...others];
  return [
    attempt("allowed", "sign in", "sign in to OpenSearch", { method: "GET", path: "/_plugins/_security/authinfo" }),
    ...bought.map(({ pattern }) =>
      attempt("allowed", "search what was bought", `search ${pattern}`, search(pattern, {})),
    ),
    ...bought.flatMap(({ permission, pattern }) => foreignDocuments(permission, pattern)),
    ...bought.flatMap(({ permission, pattern }) => foreignFields(permission, pattern, fieldsOf(pattern))),
    ...others.map((index) => attempt("refused", "search other indices", `search ${index}`, search(index, {}))),
    ...touched.flatMap((index) => writing(index, nonce)),
    ...bought.map(({ pattern }) => {
      const index = pattern.replace("*", `check-${nonce}`);
      return attempt("refused", "make or delete indices", `delete ${index}`, { method: "DELETE", path: `/${index}` });
    }),
    ...administering,
  ];
}

type Request = OpenSearchAttempt["request"];

function attempt(
  expected: OpenSearchAttempt["expected"],
  what: string,
  text: string,
  request: Request,
): OpenSearchAttempt {
  return { title: `OpenSearch: ${what}`, text, request, expected };
}

function search(index: string, query: object): Request {
  const body = { size: 0, track_total_hits: true, ...(Object.keys(query).length === 0 ? {} : { query }) };
  return { method: "POST", path: `/${index}/_search`, body };
}

function foreignDocuments({ dls }: IndexPermission, pattern: string): readonly OpenSearchAttempt[] {
  if (dls === undefined) return [];
  const sold = JSON.parse(dls);
  const request = search(pattern, { bool: { must_not: [sold] } });
  return [
    attempt(
      "findsNothing",
      "find documents that were not bought",
      `find documents of ${pattern} that were not bought`,
      request,
    ),
  ];
}

function foreignFields(
  { fls }: IndexPermission,
  pattern: string,
  fields: readonly string[],
): readonly OpenSearchAttempt[] {
  if (fls === undefined) return [];
  return fields
    .filter((field) => !fls.includes(field))
    .map((field) => {
      const request = search(pattern, { exists: { field } });
      return attempt("findsNothing", "find fields that were not bought", `find ${field} in ${pattern}`, request);
    });
}

/** An update of no document, and a change of no field. */
function writing(index: string, nonce: string): readonly OpenSearchAttempt[] {
  const id = `check-${nonce}`;
  return [
    attempt("refused", "write", `write to ${index}`, {
      method: "POST",
      path: `/${index}/_update/${id}`,
      body: { doc: {} },
    }),
    attempt("refused", "write", `delete from ${index}`, { method: "DELETE", path: `/${index}/_doc/${id}` }),
    attempt("refused", "write", `change the fields of ${index}`, {
      method: "PUT",
      path: `/${index}/_mapping`,
      body: { properties: {} },
    }),
  ];
}

const administering = [
  attempt("refused", "administer", "see OpenSearch's roles", { method: "GET", path: "/_plugins/_security/api/roles" }),
  attempt("refused", "administer", "see OpenSearch's users", {
    method: "GET",
    path: "/_plugins/_security/api/internalusers",
  }),
  attempt("refused", "administer", "see OpenSearch's settings", { method: "GET", path: "/_cluster/settings" }),
  attempt("refused", "administer", "see OpenSearch's index templates", { method: "GET", path: "/_index_template" }),
];

/** Of the indices that differ in their day alone the newest. */
function oneADay(indices: readonly string[]): readonly string[] {
  const groups = Map.groupBy(indices.toSorted(), (index) => index.replace(/\d{4}\.\d{2}\.\d{2}$/, ""));
  return [...groups.values()].flatMap((group) => group.at(-1) ?? []);
}
