import { setFlagsFromString } from "node:v8";

/**
 * Keeps the heap small. What is read and sent passes through the part of the heap where objects are made, which the engine would let grow by tens of
 * megabytes; that spares no processor time that could be measured. The engine reads this flag as it goes, so that it can still be set; the flags for sizes
 * are read at the start alone.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
