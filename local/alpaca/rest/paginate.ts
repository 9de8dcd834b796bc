import { RestRefusal } from "./answer.ts";

/** One row of a long answer, in a fixed order: its group (a symbol, a kind), then its key within that. */
export interface Row {
  readonly group: string;
  readonly key: string;
  readonly value: unknown;
}

export interface Page {
  /** The page's values by group, as Alpaca nests them. */
  readonly groups: Readonly<Record<string, readonly unknown[]>>;
  readonly nextPageToken: string | null;
}

/**
 * Cuts a page out of the rows. The token names the last row given, not a position, so that it stays right while a simulator adds days.
 * @throws RestRefusal 400 for a token that is none of ours
 */
export function paginate(rows: readonly Row[], limit: number, pageToken: string | null): Page {
  const from = pageToken === null || pageToken === "" ? 0 : indexAfter(rows, pageToken);
  const page = rows.slice(from, from + limit);
  const groups: Record<string, unknown[]> = {};
  for (const { group, value } of page) {
    groups[group] ??= [];
    groups[group].push(value);
  }
  const last = page.at(-1);
  const more = from + limit < rows.length && last !== undefined;
  return { groups, nextPageToken: more ? tokenOf(last) : null };
}

function indexAfter(rows: readonly Row[], token: string): number {
  const index = rows.findIndex((row) => tokenOf(row) === token);
  if (index < 0) throw new RestRefusal(400, "invalid page_token");
  return index + 1;
}

function tokenOf(row: Row): string {
  return Buffer.from(`${row.group}|${row.key}`).toString("base64");
}
