/** The part of a writable stream that output needs. */
export interface OutputStream {
  write(chunk: Buffer | string): boolean;
  once(event: "drain", listener: () => void): unknown;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Standard output that waits for a slow reader, and takes a reader that has gone (EPIPE: `| head`) for the end, not for a fault. */
export class Output {
  readonly #stream: OutputStream;
  readonly #gone = Promise.withResolvers<void>();
  #fault: Error | null = null;
  #isGone = false;

  constructor(stream: OutputStream, onGone: () => void) {
    this.#stream = stream;
    stream.on("error", (error) => {
      if (error.code !== "EPIPE") this.#fault = error;
      this.#isGone = true;
      this.#gone.resolve();
      onGone();
    });
  }

  /** Resolves when more may be written. @throws what the stream failed with, EPIPE aside */
  async write(chunk: Buffer | string): Promise<void> {
    if (this.#fault !== null) throw this.#fault;
    if (this.#isGone || chunk.length === 0 || this.#stream.write(chunk)) return;
    const drained = new Promise<void>((resolve) => this.#stream.once("drain", () => resolve()));
    await Promise.race([drained, this.#gone.promise]);
    if (this.#fault !== null) throw this.#fault;
  }
}
