/** Why a connection to the stream ended; the `reason` of gap records is one of the kinds (W9). */
export type ConnectionEnd =
  /** The server said that all has been sent: only a recording's stand-in does. */
  | { readonly kind: "endOfRecording" }
  /** One of Alpaca's error codes. */
  | { readonly kind: "refused"; readonly code: number; readonly message: string }
  /** The handshake was answered with an HTTP status. */
  | { readonly kind: "handshake"; readonly status: number }
  | { readonly kind: "disconnected"; readonly detail: string }
  /** Neither data nor an answer to a ping. */
  | { readonly kind: "unresponsive" }
  /** Pings were answered, but no data came in regular hours. */
  | { readonly kind: "silent" }
  /** No authentication and subscription within the time for it. */
  | { readonly kind: "handshakeTimeout" }
  /** We closed it. */
  | { readonly kind: "stopped" };

/** The server's close of a recording that is through. */
export function isEndOfRecording(code: number, reason: string): boolean {
  return code === 1000 && reason === "end of recording";
}
