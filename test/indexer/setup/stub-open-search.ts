import { OpenSearchFault } from "../../../runtime/opensearch/fault.ts";
import type { OpenSearch, OpenSearchRequest } from "../../../runtime/opensearch/types.ts";

/** An OpenSearch whose answers a test writes: a status from 400 up is a fault. What Index State Management says cannot be had from a real one here. */
export function stubOpenSearch(
  answer: (request: OpenSearchRequest) => { readonly status: number; readonly body?: unknown },
): OpenSearch & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    url: "http://stub",
    sent,
    async request(request) {
      sent.push(`${request.method} ${request.path}`);
      const { status, body } = answer(request);
      if (status < 400) return body;
      const retriable = status >= 500;
      throw new OpenSearchFault("openSearchRejected", `It answered ${status}.`, {
        status,
        type: null,
        retriable,
        remedy: "",
        cause: undefined,
      });
    },
    bulk: () => Promise.reject(new Error("No documents here.")),
    close: () => Promise.resolve(),
  };
}
