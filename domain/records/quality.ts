/** Why a record deserves less trust, in the order in which a record names them (Q2). */
export const qualityFlags = [
  "oneSided",
  "crossed",
  "wide",
  "nonFirm",
  "noPreviousClose",
  "late",
  "halted",
  "unmatched",
] as const;

/** One word of a record's `quality`. */
export type QualityFlag = (typeof qualityFlags)[number];

/** The flags as JSON. */
export function qualityJson(quality: readonly QualityFlag[]): string {
  return quality.length === 0 ? "[]" : JSON.stringify(quality);
}
