import type { CorporateAction } from "../../recording/documents.ts";
import type { ReferenceDocuments } from "../feed.ts";
import { ok, type RestAnswer } from "./answer.ts";
import { paginate, type Row } from "./paginate.ts";
import { isWithin, readDescending, readLimit, readSpan, readSymbols } from "./query.ts";

/** Where the kinds of action name the companies that they are about. */
const symbolKeys = ["symbol", "old_symbol", "new_symbol", "source_symbol", "acquirer_symbol", "acquiree_symbol"];

/** `/v1/corporate-actions`, filtered by `symbols`, `types` (singular, such as `forward_split`), and the ex-date. */
export function answerCorporateActions(query: URLSearchParams, documents: ReferenceDocuments): RestAnswer {
  const symbols = readSymbols(query);
  const kinds = query.get("types")?.split(",").map(kindOf) ?? null;
  const span = readSpan(query);
  const rows: Row[] = [];
  for (const [kind, actions] of Object.entries(documents.corporateActions())) {
    if (kinds !== null && !kinds.includes(kind)) continue;
    for (const action of actions) {
      const date = dateOf(action);
      if (symbols !== null && !symbolKeys.some((key) => symbols.includes(String(action[key])))) continue;
      if (!isWithin(span, date, Date.parse(`${date}T00:00:00Z`))) continue;
      rows.push({ group: kind, key: `${date}|${String(action.id)}`, value: action });
    }
  }
  rows.sort((a, b) => compare(a.key, b.key) || compare(a.group, b.group));
  if (readDescending(query)) rows.reverse();
  const page = paginate(rows, readLimit(query, 100, 1000), query.get("page_token"));
  return ok({ corporate_actions: page.groups, next_page_token: page.nextPageToken });
}

function dateOf(action: CorporateAction): string {
  return action.ex_date ?? String(action.process_date ?? "");
}

function kindOf(type: string): string {
  return `${type.trim()}s`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
