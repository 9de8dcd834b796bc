import { errors } from "@opensearch-project/opensearch";
import { PipelineError } from "../../domain/errors.ts";

/** A request that OpenSearch did not answer (`openSearchUnreachable`) or answered with an error (`openSearchRejected`). */
export class OpenSearchFault extends PipelineError {
  /** The HTTP status; null where no answer came. */
  readonly status: number | null;
  /** OpenSearch's name of the fault (`security_exception`), null where there is none. */
  readonly type: string | null;

  constructor(
    code: "openSearchUnreachable" | "openSearchRejected",
    message: string,
    options: { status: number | null; type: string | null; retriable: boolean; remedy: string; cause: unknown },
  ) {
    super(code, message, options);
    this.name = "OpenSearchFault";
    this.status = options.status;
    this.type = options.type;
  }
}

/** What a failed request of the client means, and how to mend it. Never shows credentials. */
export function faultOf(error: unknown, url: string, timedOutAfterMs: number | null): OpenSearchFault {
  if (error instanceof errors.ResponseError) return rejection(error, url);
  const text = error instanceof Error ? error.message : String(error);
  const reason = timedOutAfterMs === null ? text : `no complete answer within ${timedOutAfterMs / 1000} s`;
  const certificate = url.startsWith("https:") ? ", that OPENSEARCH_TLS_CA holds its certificate authority" : "";
  return new OpenSearchFault("openSearchUnreachable", `OpenSearch at ${url} cannot be reached: ${reason}.`, {
    status: null,
    type: null,
    retriable: true,
    remedy: `Check that it is running, that OPENSEARCH_URL is right${certificate}, and that no firewall is between.`,
    cause: error,
  });
}

function rejection(error: InstanceType<typeof errors.ResponseError>, url: string): OpenSearchFault {
  const status = error.statusCode;
  const { type, reason } = errorOf(error.meta.body);
  const said = [type, reason].filter((part) => part !== null && part !== "").join(": ");
  return new OpenSearchFault(
    "openSearchRejected",
    `OpenSearch at ${url} answered ${status}${said === "" ? "" : ` (${said})`}.`,
    { status, type, retriable: isRetriableStatus(status, type), remedy: remedyFor(status, type), cause: error },
  );
}

/**
 * True where the same request may succeed later: overload, a node or proxy that is starting or failing, and a cluster
 * that blocks writes because its disks are full, which ends when room is made.
 */
export function isRetriableStatus(status: number, type: string | null): boolean {
  return status === 408 || status === 429 || status >= 500 || type === "cluster_block_exception";
}

/** How to mend an answer by its status; the same for a request as a whole and for one document of it. */
export function remedyFor(status: number, type: string | null): string {
  if (type === "cluster_block_exception") return "Make room on OpenSearch's disks, or lift the block on the index.";
  if (type === "validation_exception") {
    return "Delete old indices, or raise cluster.max_shards_per_node.";
  }
  if (status === 401) return "Check OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD (or OPENSEARCH_SECRET_ID).";
  if (status === 403) return "Give this OpenSearch user the rights that the message names.";
  if (status === 404) return "Check OPENSEARCH_URL, and that indices may be made automatically.";
  if (status === 413) return "Lower BULK_MAX_BYTES below what OpenSearch accepts.";
  if (status === 429 || status >= 500) return "Look at OpenSearch's health and load.";
  return "Look at OpenSearch's log for the whole message.";
}

/** The parts of an OpenSearch error body, whatever shape a proxy may have given it. */
function errorOf(body: unknown): { type: string | null; reason: string } {
  if (typeof body !== "object" || body === null || !("error" in body)) return { type: null, reason: "" };
  return errorDetail(body.error);
}

/** An error object of OpenSearch with its causes in words, outermost first; bounded. */
export function errorDetail(error: unknown): { type: string | null; reason: string } {
  if (typeof error === "string") return { type: null, reason: error.slice(0, reasonLengthMax) };
  let type: string | null = null;
  const reasons: string[] = [];
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 5; depth++) {
    const cause = at as Readonly<Record<string, unknown>>;
    if (type === null && typeof cause.type === "string") type = cause.type;
    if (typeof cause.reason === "string") reasons.push(cause.reason);
    at = cause.caused_by;
  }
  return { type, reason: reasons.join("; ").slice(0, reasonLengthMax) };
}

const reasonLengthMax = 500;
