import { partitionName } from "./partition-name.ts";
import type { TopicPartition } from "./types.ts";

const remembered = 16;
const often = remembered / 4;

interface Use {
  readonly target: TopicPartition;
  /** A bit for each of the last transactions, the present one's the lowest. */
  bits: number;
}

/** Which partitions the next transaction will most likely write to: those that one in four of the last sixteen has written to. */
export class LikelyTargets {
  readonly #uses = new Map<string, Use>();

  /** The present transaction writes to these. */
  wrote(targets: readonly TopicPartition[]): void {
    for (const target of targets) {
      const name = partitionName(target);
      const use = this.#uses.get(name);
      if (use === undefined) this.#uses.set(name, { target, bits: 1 });
      else use.bits |= 1;
    }
  }

  /** The present transaction has ended: gives those of the next. */
  next(): readonly TopicPartition[] {
    const likely: TopicPartition[] = [];
    for (const [name, use] of this.#uses) {
      if (bitsIn(use.bits) >= often) likely.push(use.target);
      use.bits = (use.bits << 1) & (2 ** remembered - 1);
      if (use.bits === 0) this.#uses.delete(name);
    }
    return likely;
  }
}

function bitsIn(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
