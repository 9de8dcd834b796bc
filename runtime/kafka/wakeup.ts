/** Lets one loop sleep until another has something for it. A call that comes before the wait is not lost. */
export class Wakeup {
  #isDue = false;
  #wake: (() => void) | null = null;

  notify(): void {
    this.#isDue = true;
    this.#wake?.();
  }

  async wait(): Promise<void> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
    this.#isDue = false;
  }
}
