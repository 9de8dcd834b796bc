import type { Backoff } from "../runtime/clock/backoff.ts";
import type { Log } from "../runtime/log/log.ts";
import { OpenSearchFault } from "../runtime/opensearch/fault.ts";
import type { OpenSearch } from "../runtime/opensearch/types.ts";
import { waitMs } from "./backoff.ts";
import type { RetryLog } from "./retry-log.ts";
import type { IndexTemplate, Templates } from "./templates.ts";

export interface InstallOptions {
  readonly openSearch: OpenSearch;
  readonly log: Log;
  readonly retryLog: RetryLog;
  readonly backoff: Backoff;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * Puts the templates, and adds their fields to the indices that are there already: the same again changes nothing. Waits for an OpenSearch that
 * is not up yet. Resolves to false where the signal ended the waiting.
 * @throws OpenSearchFault where waiting is of no use (rights, credentials)
 */
export async function installTemplates(templates: Templates, options: InstallOptions): Promise<boolean> {
  const { openSearch } = options;
  const puts = [
    // An index template is refused while a component of it is not there.
    ...templates.components.map(({ name, body }) => async () => {
      await openSearch.request({ method: "PUT", path: `/_component_template/${name}`, body });
    }),
    ...templates.indices.map((template) => () => install(template, options)),
  ];
  for (const put of puts) {
    for (let attempt = 1; ; attempt += 1) {
      if (options.signal.aborted) return false;
      const fault = await put().catch(asFault);
      if (fault === undefined) break;
      if (!fault.retriable) throw fault;
      options.retryLog.waiting(fault, { attempt });
      await options.sleep(waitMs(attempt, options.backoff, options.random), options.signal);
    }
  }
  options.retryLog.succeeded();
  return true;
}

async function install(
  { name, pattern, body, mappings }: IndexTemplate,
  { openSearch, log }: InstallOptions,
): Promise<void> {
  await openSearch.request({ method: "PUT", path: `/_index_template/${name}`, body });
  const path = `/${pattern}/_mapping`;
  await openSearch
    .request({ method: "PUT", path, query: { expand_wildcards: "open" }, body: mappings })
    .catch((error) => {
      const fault = asFault(error);
      if (fault.retriable) throw fault;
      if (fault.status !== notFound) log.warn(`the indices ${pattern} keep their older mapping: ${fault.line}`);
    });
}

const notFound = 404;

function asFault(error: unknown): OpenSearchFault {
  if (error instanceof OpenSearchFault) return error;
  throw error;
}
