/** How to reach OpenSearch. `null` credentials mean none. TLS follows from the URL, and is always verified. */
export interface OpenSearchConnection {
  /** `http:` or `https:`, without credentials. */
  readonly url: string;
  readonly basicAuth: { readonly username: string; readonly password: string } | null;
  /** A certificate authority in PEM; undefined: the system's. */
  readonly ca: string | undefined;
}

export interface OpenSearchRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD";
  /** Begins with a slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** From the first byte sent to the last one received. Default: 30 s. */
  readonly timeoutMs?: number;
}

/** What became of one document of a bulk request. */
export interface BulkItem {
  /** An HTTP status: 201 created, 200 replaced, 409 a version conflict, 429 overloaded, 400 not acceptable… */
  readonly status: number;
  /** OpenSearch's name of the fault (`mapper_parsing_exception`), null where there is none. */
  readonly errorType: string | null;
  /** The fault in words, with its causes; empty where there is none. */
  readonly errorReason: string;
}

/** The one door to OpenSearch: everything else in the project speaks to this, never to a client library. */
export interface OpenSearch {
  readonly url: string;
  /**
   * One request, tried once; resolves to the parsed body.
   * @throws OpenSearchFault, retriable where the same request may succeed later
   */
  request(request: OpenSearchRequest): Promise<unknown>;
  /**
   * One bulk request (newline-delimited JSON), tried once; resolves to one item for each document, in order.
   * @throws OpenSearchFault where the request as a whole failed: what became of its documents is then unknown
   */
  bulk(body: Buffer): Promise<readonly BulkItem[]>;
  /** Gives up the requests under way, which then reject, and closes the sockets. */
  close(): Promise<void>;
}
