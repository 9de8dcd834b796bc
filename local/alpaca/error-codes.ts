/** Alpaca's error codes on a stock stream, and their words. */
export const streamErrors = {
  400: "invalid syntax",
  401: "not authenticated",
  402: "auth failed",
  403: "already authenticated",
  404: "auth timeout",
  405: "symbol limit exceeded",
  406: "connection limit exceeded",
  407: "slow client",
  409: "insufficient subscription",
  410: "invalid subscribe action for this feed",
  500: "internal error",
} as const;

/** One of Alpaca's error codes on a stock stream. */
export type StreamErrorCode = keyof typeof streamErrors;

/** The control message that tells an error. */
export function errorMessage(code: StreamErrorCode): Record<string, unknown> {
  return { T: "error", code, msg: streamErrors[code] };
}
