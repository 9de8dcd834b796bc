import { bulkBody } from "../../../indexer/bulk-body.ts";
import type { IndexDocument } from "../../../indexer/document.ts";
import type { OpenSearch } from "../../../runtime/opensearch/types.ts";

const atOnce = 2000;

/** Writes documents as the indexer does, and makes them searchable. @throws where any is refused for another reason than its version */
export async function storeDocuments(openSearch: OpenSearch, documents: readonly IndexDocument[]): Promise<void> {
  for (let from = 0; from < documents.length; from += atOnce) {
    const answer = await openSearch.bulk(bulkBody(documents.slice(from, from + atOnce)));
    const refused = answer.filter(({ status }) => status >= 300 && status !== 409);
    if (refused.length > 0) throw new Error(`${refused.length} refused, first: ${JSON.stringify(refused[0])}`);
  }
  await openSearch.request({ method: "POST", path: "/_refresh" });
}
