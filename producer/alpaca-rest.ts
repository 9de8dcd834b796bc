import { PipelineError } from "../domain/errors.ts";
import type { Clock } from "../runtime/clock/clock.ts";
import { pause } from "../runtime/clock/pause.ts";

/** An answer that was given: retriable statuses are not among them. */
export interface RestAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where the body is none. */
  readonly body: unknown;
}

export interface AlpacaRestOptions {
  readonly dataUrl: string;
  readonly tradingUrl: string;
  readonly keyId: string;
  readonly secretKey: string;
  readonly clock: Clock;
  /** Ends all requests and waits. */
  readonly signal: AbortSignal;
  /** How often a request is tried, and the first of the doubling pauses between. @default 5 and 500 */
  readonly attempts?: number;
  readonly firstDelayMs?: number;
}

const requestTimeoutMs = 15_000;
/** The rate limit's window is a minute. */
const rateLimitWaitMsMax = 65_000;

/** Alpaca's REST: GET requests, retried on 429 (until the limit's reset), on 5xx and where the host cannot be reached. */
export class AlpacaRest {
  readonly #options: AlpacaRestOptions;

  constructor(options: AlpacaRestOptions) {
    this.#options = options;
  }

  /** @throws PipelineError `alpacaUnreachable` after all attempts */
  async get(
    host: "data" | "trading",
    path: string,
    query: Readonly<Record<string, string | number>> = {},
  ): Promise<RestAnswer> {
    const { dataUrl, tradingUrl, attempts = 5, firstDelayMs = 500, signal } = this.#options;
    const url = new URL(path, host === "data" ? dataUrl : tradingUrl);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    let fault: unknown;
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt++) {
      const outcome = await this.#once(url);
      if ("status" in outcome) return outcome;
      fault = outcome.fault;
      if (attempt + 1 < attempts) {
        const waitMs = outcome.waitMs ?? firstDelayMs * 2 ** attempt;
        await pause(waitMs, signal);
      }
    }
    const reason = fault instanceof Error ? fault.message : String(fault ?? "stopped");
    throw new PipelineError("alpacaUnreachable", `${url.origin}${url.pathname} cannot be asked (${reason}).`, {
      remedy: "Check the network, and the URL in ALPACA_DATA_URL or ALPACA_TRADING_URL.",
      retriable: true,
      cause: fault,
    });
  }

  /**
   * All pages of an answer, each given to `onPage`; the first answer that is not 200 ends it and is returned.
   * @throws PipelineError `alpacaUnreachable`
   */
  async getPages(
    path: string,
    query: Readonly<Record<string, string | number>>,
    onPage: (body: unknown) => void,
  ): Promise<number> {
    let token: string | null = null;
    // Bounded, in case a server repeats its token for ever.
    for (let page = 0; page < 1000; page++) {
      const { status, body }: RestAnswer = await this.get("data", path, {
        ...query,
        ...(token === null ? {} : { page_token: token }),
      });
      if (status !== 200) return status;
      onPage(body);
      const next = (body as { readonly next_page_token?: unknown } | undefined)?.next_page_token;
      if (typeof next !== "string" || next === "") return 200;
      token = next;
    }
    return 200;
  }

  async #once(url: URL): Promise<RestAnswer | { readonly fault: unknown; readonly waitMs: number | null }> {
    const { keyId, secretKey, signal } = this.#options;
    try {
      const response = await fetch(url, {
        headers: { "APCA-API-KEY-ID": keyId, "APCA-API-SECRET-KEY": secretKey },
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      });
      const text = await response.text();
      if (response.status === 429) return { fault: new Error("HTTP 429"), waitMs: this.#resetWaitMs(response) };
      if (response.status >= 500) return { fault: new Error(`HTTP ${response.status}`), waitMs: null };
      return { status: response.status, body: parseJson(text) };
    } catch (error) {
      // fetch says only "fetch failed"; its cause says why.
      return { fault: error instanceof TypeError && error.cause !== undefined ? error.cause : error, waitMs: null };
    }
  }

  #resetWaitMs(response: Response): number | null {
    const resetSeconds = Number(response.headers.get("X-RateLimit-Reset") ?? Number.NaN);
    const waitMs = resetSeconds * 1000 - this.#options.clock.nowMicros() / 1000;
    return Number.isFinite(waitMs) ? Math.min(rateLimitWaitMsMax, Math.max(100, waitMs)) : null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
