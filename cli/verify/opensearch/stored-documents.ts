import { z } from "zod";
import { PipelineError } from "../../../domain/errors.ts";
import { indexPattern } from "../../../indexer/index-names.ts";
import { type KindName, kindNames } from "../../../indexer/kinds.ts";
import { remedyFor } from "../../../runtime/opensearch/fault.ts";
import type { OpenSearch, OpenSearchRequest } from "../../../runtime/opensearch/types.ts";
import { type StoredIndex, storedIndex } from "./stored-index.ts";

/** A document as OpenSearch has it. */
export interface StoredDocument {
  readonly id: string;
  readonly version: number;
  readonly source: unknown;
}

const indicesMax = 10_000;
const keepAlive = "2m";

/**
 * How many documents each index has that searches can find, by index.
 * @throws OpenSearchFault; PipelineError `openSearchRejected` where a shard does not answer
 */
export async function countStored(
  openSearch: OpenSearch,
  indexPrefix: string,
): Promise<ReadonlyMap<string, StoredIndex & { readonly documents: number }>> {
  const path = `/${kindNames.map((kind) => indexPattern(indexPrefix, kind)).join(",")}/_search`;
  const query = { ...wholeAnswers, ignore_unavailable: "true", allow_no_indices: "true" };
  const body = { size: 0, aggs: { indices: { terms: { field: "_index", size: indicesMax } } } };
  const answer = countsAnswer.parse(await openSearch.request({ method: "POST", path, query, body }));
  requireAllShards(answer, "the indices");
  const found = new Map<string, StoredIndex & { readonly documents: number }>();
  for (const { key, doc_count } of answer.aggregations?.indices.buckets ?? []) {
    const index = storedIndex(indexPrefix, key);
    if (index !== null) found.set(key, { ...index, documents: doc_count });
  }
  return found;
}

/**
 * All documents of an index, a page at a time, as they were when it was asked first. It holds one scroll, and asks for the next page while the one
 * before is worked on.
 * @throws as `countStored`
 */
export async function* storedDocuments(
  openSearch: OpenSearch,
  { name, kind }: StoredIndex,
): AsyncGenerator<readonly StoredDocument[]> {
  const ask = async (request: OpenSearchRequest) => {
    const answer = pageAnswer.parse(await openSearch.request(request));
    requireAllShards(answer, name);
    return answer;
  };
  let page = await ask({
    method: "POST",
    path: `/${name}/_search`,
    query: { ...wholeAnswers, scroll: keepAlive },
    body: { size: pageSizeOf(kind), sort: ["_doc"], version: true },
  });
  try {
    while (page.hits.hits.length > 0) {
      const next = ask({
        method: "POST",
        path: "/_search/scroll",
        body: { scroll: keepAlive, scroll_id: page._scroll_id },
      });
      // It is met below, or not at all by who stops early.
      next.catch(() => undefined);
      yield page.hits.hits.map(({ _id, _version, _source }) => ({ id: _id, version: _version, source: _source }));
      page = await next;
    }
  } finally {
    const path = "/_search/scroll";
    await openSearch
      .request({ method: "DELETE", path, body: { scroll_id: page._scroll_id } })
      // It ends by itself after its time.
      .catch(() => undefined);
  }
}

/**
 * Documents by index and id, as they are at this moment whether searches find them yet or not; null for each that is not there.
 * @throws OpenSearchFault; PipelineError `openSearchRejected` where one cannot be read
 */
export async function lookUp(
  openSearch: OpenSearch,
  wanted: readonly { readonly index: string; readonly id: string }[],
): Promise<readonly (StoredDocument | null)[]> {
  const body = { docs: wanted.map(({ index, id }) => ({ _index: index, _id: id })) };
  const { docs } = lookUpAnswer.parse(await openSearch.request({ method: "POST", path: "/_mget", body }));
  return wanted.map(({ index, id }, at) => {
    const found = docs[at];
    if (found?.error !== undefined) {
      if (found.error.type === "index_not_found_exception") return null;
      throw unreadable(index, found.error);
    }
    if (found?.found !== true) return null;
    return { id, version: found._version ?? 0, source: found._source };
  });
}

/** Documents of one answer: a dead letter may have two megabytes. */
export function pageSizeOf(kind: KindName): number {
  return kind === "deadLetter" ? 20 : 2000;
}

/** Without it a shard that fails leaves its documents out, and nobody is told. */
const wholeAnswers = { allow_partial_search_results: "false" };

function requireAllShards({ _shards }: z.output<typeof shards>, index: string): void {
  if (_shards.failed === 0) return;
  throw new PipelineError("openSearchRejected", `${_shards.failed} shards of ${index} did not answer.`, {
    retriable: true,
    remedy: remedyFor(503, null),
  });
}

function unreadable(index: string, { type, reason }: { readonly type: string; readonly reason: string }) {
  // Most pass: a day that is being compressed is closed for a moment, and a node that restarts has no shards.
  const retriable = type !== "security_exception";
  return new PipelineError("openSearchRejected", `A document of ${index} cannot be read (${type}: ${reason}).`, {
    retriable,
    remedy: retriable ? "Open the index, and look at OpenSearch's health." : remedyFor(403, type),
  });
}

const shards = z.object({ _shards: z.object({ failed: z.number() }) });
const countsAnswer = shards.extend({
  aggregations: z
    .object({ indices: z.object({ buckets: z.array(z.object({ key: z.string(), doc_count: z.number() })) }) })
    .optional(),
});
const pageAnswer = shards.extend({
  _scroll_id: z.string(),
  hits: z.object({
    hits: z.array(z.object({ _id: z.string(), _version: z.number(), _source: z.unknown() })),
  }),
});
const lookUpAnswer = z.object({
  docs: z.array(
    z.object({
      found: z.boolean().optional(),
      _version: z.number().optional(),
      _source: z.unknown().optional(),
      error: z.object({ type: z.string(), reason: z.string() }).optional(),
    }),
  ),
});
