/** Less is not worth the call. */
const bytesMin = 16 * 1024;

/**
 * Gives memory back at once. Left to the garbage collector, large bytes that have outlived two of its rounds are kept until tens of megabytes of them
 * have gathered in each thread: it sees but the small objects that stand for them. Only for whoever has these bytes alone: every view of their memory
 * is of length 0 from here on.
 */
export function giveBack({ buffer, length }: Buffer): void {
  if (buffer.byteLength < bytesMin || !(buffer instanceof ArrayBuffer)) return;
  // Node cuts small buffers from memory that many share.
  if (length < buffer.byteLength && buffer.byteLength <= Buffer.poolSize) return;
  buffer.transfer(0);
}

/** Something that several use, each for a while: whoever is the last to let go of it frees it. */
export class Shared {
  readonly #free: () => void;
  #users = 0;

  constructor(free: () => void) {
    this.#free = free;
  }

  /** One more uses it, until it calls what this returns; calling it again does nothing. */
  use(): () => void {
    this.#users++;
    let isUsed = true;
    return () => {
      if (!isUsed) return;
      isUsed = false;
      this.#users--;
      if (this.#users === 0) this.#free();
    };
  }
}
