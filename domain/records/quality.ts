import { keys } from "./ascii.ts";
import type { JsonWriter } from "./json-writer.ts";

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

const key = keys("quality");

/** The flags, in their order. */
export function writeQuality(json: JsonWriter, quality: readonly QualityFlag[]): void {
  json.put(key.quality).texts(quality);
}
