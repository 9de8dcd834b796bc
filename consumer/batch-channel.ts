/**
 * Hands one thing at a time from a producer to a consumer: `put` resolves when the consumer asks for the next one, so that a slow
 * consumer slows the producer, and nothing piles up between.
 */
export class BatchChannel<T> {
  readonly #waiting: { readonly item: T; readonly done: () => void }[] = [];
  #underWay: (() => void) | null = null;
  #wake: (() => void) | null = null;
  #fault: Error | null = null;
  #isClosed = false;

  async put(item: T): Promise<void> {
    if (this.#isClosed) return;
    await new Promise<void>((done) => {
      this.#waiting.push({ item, done });
      this.#wake?.();
    });
  }

  /** The next thing; null once closed. Asking for it tells that the one before is done with. @throws the fault it was closed with */
  async take(): Promise<T | null> {
    this.#underWay?.();
    this.#underWay = null;
    while (this.#waiting.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#fault !== null) throw this.#fault;
    const next = this.#waiting.shift();
    if (this.#isClosed || next === undefined) return null;
    this.#underWay = next.done;
    return next.item;
  }

  close(fault: Error | null = null): void {
    this.#fault ??= fault;
    this.#isClosed = true;
    this.#underWay?.();
    for (const { done } of this.#waiting) done();
    this.#wake?.();
  }
}
