/** How much is asked of OpenSearch at a time. */
export interface Pace {
  readonly requestsAtOnce: number;
  readonly documentsPerRequest: number;
  /** Quick answers in a row at full size: enough of them allow one more request at a time. */
  readonly quickInARow: number;
  /** How often it was eased. What was sent before the last time tells nothing of the pace since. */
  readonly eased: number;
}

/** What a pace never goes beyond. */
export interface PaceLimits {
  readonly requestsInFlightMax: number;
  readonly documentsMax: number;
}

/**
 * How a request ended:
 * - `taken`: answered, all of it dealt with or held up by what is no load (a block, a shard that is not there);
 * - `busy`: a 429, for the whole or for some documents;
 * - `away`: not answered by OpenSearch, or that it cannot now.
 */
export interface RequestEnd {
  readonly kind: "taken" | "busy" | "away";
  readonly tookMs: number;
  /** `Pace.eased` as it was sent. */
  readonly eased: number;
}

/** The pace of a start: all that the limits allow. */
export function fullPace(limits: PaceLimits): Pace {
  const { requestsInFlightMax, documentsMax } = limits;
  return { requestsAtOnce: requestsInFlightMax, documentsPerRequest: documentsMax, quickInARow: 0, eased: 0 };
}

/**
 * The pace after a request (D5). Less is asked at once, more is asked step by step, as TCP does it:
 * - busy or slow: half as many requests at a time; where it is one already, half as many documents in it. Once for all that was under way.
 * - away: one request at a time asks whether it is back. A slow one (it was given up) has half as many documents next time.
 * - quick: twice as many documents, up to the limit; then, after `quickWanted` in a row, one more request at a time.
 */
export function nextPace(pace: Pace, end: RequestEnd, limits: PaceLimits): Pace {
  const isSlow = end.tookMs > slowMs;
  const isNews = end.eased === pace.eased;
  switch (end.kind) {
    case "away":
      return { ...(isSlow && isNews ? smaller(pace, limits) : pace), requestsAtOnce: 1, quickInARow: 0 };
    case "busy":
      return isNews ? easier(pace, limits) : { ...pace, quickInARow: 0 };
    case "taken":
      if (isSlow && isNews) return easier(pace, limits);
      return end.tookMs <= quickMs && isNews ? harder(pace, limits) : { ...pace, quickInARow: 0 };
    default:
      return end.kind satisfies never;
  }
}

/** A request of the largest size takes some tenths of a second where all is well. */
const slowMs = 5000;
const quickMs = 2000;
const quickWanted = 8;
/** Smaller requests cost more than they spare. */
const documentsMin = 50;

function easier(pace: Pace, limits: PaceLimits): Pace {
  if (pace.requestsAtOnce === 1) return smaller(pace, limits);
  return { ...pace, requestsAtOnce: pace.requestsAtOnce >> 1, quickInARow: 0, eased: pace.eased + 1 };
}

function smaller(pace: Pace, { documentsMax }: PaceLimits): Pace {
  const documentsPerRequest = Math.max(pace.documentsPerRequest >> 1, Math.min(documentsMin, documentsMax));
  return { ...pace, documentsPerRequest, quickInARow: 0, eased: pace.eased + 1 };
}

function harder(pace: Pace, { requestsInFlightMax, documentsMax }: PaceLimits): Pace {
  const { requestsAtOnce, documentsPerRequest, quickInARow } = pace;
  if (documentsPerRequest < documentsMax) {
    return { ...pace, documentsPerRequest: Math.min(documentsMax, 2 * documentsPerRequest), quickInARow: 0 };
  }
  if (requestsAtOnce === requestsInFlightMax) return pace;
  if (quickInARow + 1 < quickWanted) return { ...pace, quickInARow: quickInARow + 1 };
  return { ...pace, requestsAtOnce: requestsAtOnce + 1, quickInARow: 0 };
}
