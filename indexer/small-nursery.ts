import { setFlagsFromString } from "node:v8";

/**
 * Keeps the part of the heap where objects are made at the size it has now. Documents live as long as their request, which the engine takes as a
 * reason to let it grow to 128 MB; that spares no processor time that could be measured. The engine reads this flag at each growth, so that it
 * can still be set; the flags for sizes are read at the start alone.
 */
export function keepNurserySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
