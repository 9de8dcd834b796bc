import { Random } from "../../local/simulator/random.ts";

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** The simulated time, and all that is to happen in it. One thing happens at a time; the seed determines every order. */
export class World {
  readonly random: Random;
  readonly #trace: ((line: string) => void) | null;
  #pending: Pending[] = [];
  #orders = 0;
  nowMs = 0;
  steps = 0;
  /** Set false to let everything run to its end. */
  hasFaults = true;

  constructor(seed: number, trace: ((line: string) => void) | null) {
    this.random = new Random(seed);
    this.#trace = trace;
  }

  get isTraced(): boolean {
    return this.#trace !== null;
  }

  trace(line: string): void {
    this.#trace?.(`${this.nowMs.toFixed(2).padStart(9)} ${line}`);
  }

  later(delayMs: number, run: () => void): void {
    this.#pending.push({ atMs: this.nowMs + delayMs, order: this.#orders++, run });
  }

  /** Lets the next thing happen. False when there is none. */
  step(): boolean {
    let first = 0;
    for (let at = 1; at < this.#pending.length; at++) {
      if (isSooner(this.#pending[at], this.#pending[first])) first = at;
    }
    const next = this.#pending[first];
    if (next === undefined) return false;
    const last = this.#pending.pop();
    if (last !== undefined && last !== next) this.#pending[first] = last;
    this.nowMs = next.atMs;
    this.steps++;
    next.run();
    return true;
  }
}

function isSooner(a: Pending | undefined, b: Pending | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
