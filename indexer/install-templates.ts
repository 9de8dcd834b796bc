import type { Backoff } from "../runtime/clock/backoff.ts";
import type { Log } from "../runtime/log/log.ts";
import { OpenSearchFault } from "../runtime/opensearch/fault.ts";
import type { OpenSearch } from "../runtime/opensearch/types.ts";
import { waitMs } from "./backoff.ts";
import { requireFields, requireTemplate } from "./require-templates.ts";
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
 * Puts the templates, and adds their fields to the indices that are there already: the same again changes nothing. A user who may not put templates
 * (the writer's role) goes on where those that `index setup` has put, this version's or newer, have all that is needed. Waits for an OpenSearch that
 * is not up yet. Resolves to false where the signal ended the waiting.
 * @throws PipelineError where waiting is of no use (rights, credentials, templates of another version)
 */
export async function installTemplates(templates: Templates, options: InstallOptions): Promise<boolean> {
  const { openSearch, log } = options;
  try {
    // An index template is refused while a component of it is not there.
    for (const { name, body } of templates.components) {
      const request = { method: "PUT", path: `/_component_template/${name}`, body } as const;
      if (!(await patiently(() => openSearch.request(request), options))) return false;
    }
    for (const { name, body } of templates.indices) {
      const request = { method: "PUT", path: `/_index_template/${name}`, body } as const;
      if (!(await patiently(() => openSearch.request(request), options))) return false;
    }
  } catch (error) {
    if (!(error instanceof OpenSearchFault) || error.status !== forbidden) throw error;
    log.info("this user may not put templates: what `index setup` has put is looked at");
    for (const template of templates.indices) {
      if (!(await patiently(() => requireTemplate(template, openSearch), options))) return false;
    }
  }
  for (const template of templates.indices) {
    if (!(await patiently(() => addFields(template, options), options))) return false;
  }
  options.retryLog.succeeded();
  return true;
}

/** Does it until it is done; false where the signal ended that. */
async function patiently(work: () => Promise<unknown>, options: InstallOptions): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    if (options.signal.aborted) return false;
    const fault = await work().then(() => undefined, asFault);
    if (fault === undefined) return true;
    if (!fault.retriable) throw fault;
    options.retryLog.waiting(fault, { attempt });
    await options.sleep(waitMs(attempt, options.backoff, options.random), options.signal);
  }
}

async function addFields(template: IndexTemplate, { openSearch, log }: InstallOptions): Promise<void> {
  const { pattern, mappings } = template;
  const path = `/${pattern}/_mapping`;
  await openSearch
    .request({ method: "PUT", path, query: { expand_wildcards: "open" }, body: mappings })
    .catch(async (error) => {
      const fault = asFault(error);
      if (fault.retriable) throw fault;
      if (fault.status === notFound) return;
      // One field of another type, and none was added.
      await requireFields(template, openSearch);
      log.warn(`the indices ${pattern} keep their older mapping: ${fault.line}`);
    });
}

const forbidden = 403;
const notFound = 404;

function asFault(error: unknown): OpenSearchFault {
  if (error instanceof OpenSearchFault) return error;
  throw error;
}
