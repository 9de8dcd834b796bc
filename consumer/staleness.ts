/**
 * Whether the feed is silent. A customer sees no heartbeats; what can be known is whether anything at all was published on the topics that are
 * read, of any symbol and kind. Nothing in regular hours means that the market stands still, or that the provider's pipeline does.
 */
export interface Staleness {
  readonly isStale: boolean;
  /** `silent`: Kafka answers, and nothing new is there. `unreachable`: Kafka does not answer, so that nothing can be known. */
  readonly reason: "silent" | "unreachable" | null;
  /** For how long nothing was published, as far as this reader has seen, milliseconds; before the session's open does not count. */
  readonly silentMs: number;
}

export interface StalenessFacts {
  readonly nowMs: number;
  /** When the topics were last seen to grow, or the stream was opened. */
  readonly progressMs: number;
  readonly isReachable: boolean;
  readonly staleAfterMs: number;
  /** When the hours began in which silence counts; null outside of them. */
  readonly countsFromMs: number | null;
}

/** Judges a silence. */
export function stalenessOf({ nowMs, progressMs, isReachable, staleAfterMs, countsFromMs }: StalenessFacts): Staleness {
  if (countsFromMs === null) return { isStale: false, reason: null, silentMs: 0 };
  const silentMs = Math.max(0, nowMs - Math.max(progressMs, countsFromMs));
  if (silentMs < staleAfterMs) return { isStale: false, reason: null, silentMs };
  return { isStale: true, reason: isReachable ? "silent" : "unreachable", silentMs };
}
