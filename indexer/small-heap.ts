import { setFlagsFromString } from "node:v8";

/**
 * Keeps the heap small. Documents live as long as their request, which the engine takes as a reason to let the part of the heap where objects are made
 * grow to 128 MB; that spares no processor time that could be measured. What has lived so long, bytes outside the heap with it, is then left lying
 * until the rest of the heap has doubled; here it is until that has grown by a fifth. The engine reads these flags as it goes, so that they can still
 * be set; the flags for sizes are read at the start alone.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=20");
}
