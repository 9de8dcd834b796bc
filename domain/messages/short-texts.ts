/** A power of two: more texts than symbols are traded at a time on one partition, and conditions and exchanges are few. */
const slots = 16_384;
const slotShift = 32 - Math.log2(slots);
/** A longer one is not remembered: whoever writes to the log could fill the memory with them. */
const lengthMax = 32;
const decoder = new TextDecoder();

/**
 * The texts of a feed are short, and few of them come again and again: one string for each, found by its bytes, so that none is made, and none is hashed
 * where it is a key. One that shares its place with another is made again; that costs time and nothing else.
 */
export class ShortTexts {
  readonly #known: string[] = new Array<string>(slots).fill("");

  /** The text of bytes[from, to), which are ASCII. */
  at(bytes: Uint8Array, from: number, to: number): string {
    if (to - from > lengthMax) return decoder.decode(bytes.subarray(from, to));
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x9e3779b1);
    const slot = hash >>> slotShift;
    const known = this.#known[slot] as string;
    if (isText(bytes, from, to, known)) return known;
    const text = decoder.decode(bytes.subarray(from, to));
    this.#known[slot] = text;
    return text;
  }
}

function isText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (text.length !== to - from) return false;
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text.charCodeAt(index)) return false;
  return true;
}
