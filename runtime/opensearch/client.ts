import { Client } from "@opensearch-project/opensearch";
import { AllCreated, BulkSerializer } from "./bulk-serializer.ts";
import { errorDetail, faultOf, OpenSearchFault } from "./fault.ts";
import { QuietConnection } from "./quiet-connection.ts";
import type { BulkItem, OpenSearch, OpenSearchConnection, OpenSearchRequest } from "./types.ts";

const requestTimeoutMs = 30_000;
const bulkTimeoutMs = 60_000;

/**
 * The door to one OpenSearch. The client library's own retries are off: whoever calls knows what may be tried again.
 * Its bulk helper stays unused, since it can hang and misaligns mixed operations.
 * @see https://github.com/opensearch-project/opensearch-js/issues/1061
 */
export function createOpenSearch(connection: OpenSearchConnection): OpenSearch {
  const client = new Client({
    node: connection.url,
    Connection: QuietConnection,
    maxRetries: 0,
    requestTimeout: bulkTimeoutMs,
    ...(connection.basicAuth === null ? {} : { auth: connection.basicAuth }),
    ...(connection.ca === undefined ? {} : { ssl: { ca: connection.ca } }),
  });
  client.transport.serializer = new BulkSerializer();
  const url = connection.url;
  const underWay = new Set<ReturnType<typeof client.transport.request>>();
  let closing: Promise<void> | null = null;

  async function perform(params: Parameters<typeof client.transport.request>[0], timeoutMs: number): Promise<unknown> {
    const request = client.transport.request(params);
    underWay.add(request);
    // The library's own timeout ends with the answer's first byte; this one covers the whole.
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      request.abort();
    }, timeoutMs);
    try {
      return (await request).body;
    } catch (error) {
      throw faultOf(error, url, timedOut ? timeoutMs : null);
    } finally {
      clearTimeout(timer);
      underWay.delete(request);
    }
  }

  async function closeClient(): Promise<void> {
    for (const request of underWay) request.abort();
    // The library looks once a second for requests to be over, and hangs when it is closed twice.
    await Promise.allSettled(underWay);
    await client.close();
  }

  return {
    url,
    request: ({ method, path, query = {}, body, timeoutMs = requestTimeoutMs }: OpenSearchRequest) =>
      perform({ method, path, querystring: { ...query }, ...(body === undefined ? {} : { body }) }, timeoutMs),
    bulk: async (body) => bulkItems(await perform({ ...bulkRequest, bulkBody: body }, bulkTimeoutMs), url),
    close: () => {
      closing ??= closeClient();
      return closing;
    },
  };
}

/** Only what tells an item's outcome is asked for: the whole answer is ten times as long. */
const bulkRequest = {
  method: "POST",
  path: "/_bulk",
  querystring: "filter_path=items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by",
};

function bulkItems(answer: unknown, url: string): readonly BulkItem[] {
  if (answer instanceof AllCreated) return new Array<BulkItem>(answer.documents).fill(created);
  const items = typeof answer === "object" && answer !== null && "items" in answer ? answer.items : null;
  if (!Array.isArray(items)) throw notOpenSearch(url);
  return items.map((item: unknown) => {
    const [result] = typeof item === "object" && item !== null ? Object.values(item) : [];
    if (typeof result?.status !== "number") throw notOpenSearch(url);
    if (result.error === undefined) return result.status === created.status ? created : well(result.status);
    const { type, reason } = errorDetail(result.error);
    return { status: result.status, errorType: type, errorReason: reason };
  });
}

/** One object for nearly all items: there are thousands in an answer. */
const created = well(201);

function well(status: number): BulkItem {
  return { status, errorType: null, errorReason: "" };
}

function notOpenSearch(url: string): OpenSearchFault {
  return new OpenSearchFault("openSearchRejected", `What ${url} answered is not an answer of OpenSearch.`, {
    status: null,
    type: null,
    // A proxy in between may say anything while a node is away.
    retriable: true,
    remedy: "Check OPENSEARCH_URL, and what stands in front of OpenSearch.",
    cause: undefined,
  });
}
