import { PipelineError } from "../domain/errors.ts";
import type { ConnectionEnd } from "./connection-end.ts";

/** What follows the end of a connection. */
export type NextStep =
  | { readonly kind: "finish" }
  | { readonly kind: "fail"; readonly error: PipelineError }
  | { readonly kind: "retry"; readonly delayMs: number; readonly message: string };

/** How connections that end are followed by others, milliseconds. */
export interface RetryTiming {
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  /** While another connection holds the account's only slot; a dropped one is held for about 90 seconds. */
  readonly slotDelayMs: number;
}

/**
 * Decides on the end of a connection: by Alpaca's error code where there is one.
 * @param failures consecutive connections that gave no data, this one included; 0 after one that did
 * @param random from 0 to 1; spreads the delays of many clients
 */
export function nextStep(
  end: ConnectionEnd,
  failures: number,
  random: number,
  timing: RetryTiming,
  symbolCount: number,
): NextStep {
  const retry = (message: string): NextStep => ({ kind: "retry", delayMs: delayOf(failures, random, timing), message });
  switch (end.kind) {
    case "endOfRecording":
    case "stopped":
      return { kind: "finish" };
    case "refused":
      return refusal(end.code, end.message, symbolCount, timing) ?? retry(`Alpaca said ${end.code} (${end.message})`);
    case "handshake":
      if (end.status === 401 || end.status === 403) return { kind: "fail", error: authenticationError(end.status, "") };
      return retry(`Alpaca's stream answered the handshake with HTTP ${end.status}; check ALPACA_STREAM_URL`);
    case "disconnected":
      return retry(`the connection to Alpaca's stream is lost (${end.detail})`);
    case "unresponsive":
      return retry("Alpaca's stream answers no pings");
    case "silent":
      return retry("Alpaca's stream is mute in regular hours");
    case "handshakeTimeout":
      return retry("Alpaca's stream did not take our sign-in and subscription in time");
    default:
      return end satisfies never;
  }
}

/** Doubles from the first delay to the longest, 20 percent more or less. */
function delayOf(failures: number, random: number, { firstDelayMs, delayMsMax }: RetryTiming): number {
  const delayMs = Math.min(delayMsMax, firstDelayMs * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return Math.round(delayMs * (0.8 + 0.4 * random));
}

/** The codes that retrying as before does not mend; null for all others. */
function refusal(code: number, message: string, symbolCount: number, timing: RetryTiming): NextStep | null {
  const fail = (error: PipelineError): NextStep => ({ kind: "fail", error });
  switch (code) {
    case 400:
      return fail(
        new PipelineError("alpacaProtocol", `Alpaca does not understand the subscription (400 ${message}).`, {
          remedy: "Check SYMBOLS: one of them is malformed.",
        }),
      );
    case 402:
      return fail(authenticationError(code, message));
    case 405:
      return fail(
        new PipelineError(
          "alpacaSymbolLimit",
          `Alpaca refuses quotes and trades of ${symbolCount} symbols: more than the account's plan allows (405 ${message}).`,
          {
            remedy: "Name fewer in SYMBOLS (the Basic plan takes 30 in all, quotes and trades each count), or upgrade.",
          },
        ),
      );
    case 406:
      return {
        kind: "retry",
        delayMs: timing.slotDelayMs,
        message:
          "another connection holds the account's slot for this stream (406); a dropped one is held for about 90 seconds",
      };
    case 409:
    case 411:
      return fail(
        new PipelineError("alpacaAuthentication", `The account's plan does not have this feed (${code} ${message}).`, {
          remedy: "Choose another feed in ALPACA_STREAM_URL (…/v2/iex is in every plan), or upgrade.",
        }),
      );
    case 410:
      return fail(
        new PipelineError("alpacaProtocol", `The feed has no quotes or trades to subscribe to (410 ${message}).`, {
          remedy: "Set ALPACA_STREAM_URL to a stock feed, such as …/v2/iex.",
        }),
      );
    default:
      return null;
  }
}

function authenticationError(code: number, message: string): PipelineError {
  return new PipelineError("alpacaAuthentication", `Alpaca does not accept the key (${`${code} ${message}`.trim()}).`, {
    remedy: "Check ALPACA_API_KEY and ALPACA_SECRET_KEY: both of one account, and not revoked.",
  });
}
