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
  readonly #isTaken: (text: string) => boolean;

  /** @param isTaken asked of a text when it is made, and not again while it is known; never of the empty one */
  constructor(isTaken: (text: string) => boolean = () => true) {
    this.#isTaken = isTaken;
  }

  /** The text of bytes[from, to), which are ASCII; null for one that is not taken. */
  at(bytes: Uint8Array, from: number, to: number): string | null {
    if (to - from > lengthMax) return this.#made(bytes, from, to);
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x9e3779b1);
    const slot = hash >>> slotShift;
    const known = this.#known[slot] as string;
    if (isText(bytes, from, to, known)) return known;
    const text = this.#made(bytes, from, to);
    if (text !== null) this.#known[slot] = text;
    return text;
  }

  #made(bytes: Uint8Array, from: number, to: number): string | null {
    const text = decoder.decode(bytes.subarray(from, to));
    return this.#isTaken(text) ? text : null;
  }
}

function isText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (text.length !== to - from) return false;
  for (let index = 0; index < text.length; index++) if (bytes[from + index] !== text.charCodeAt(index)) return false;
  return true;
}
