import { partitionName } from "./partition-name.ts";
import type { TopicPartition } from "./types.ts";

const remembered = 16;
const often = (remembered * 3) / 4;

interface Use {
  readonly target: TopicPartition;
  /** A bit for each of the last transactions, the present one's the lowest. */
  bits: number;
}

/**
 * Which partitions the next transaction will most likely write to: those that three in four of the last sixteen have written to, where the last one has written to
 * no others. A partition that is told of and not written to costs its end all the same, and holds a commit up where its leader hangs.
 */
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

  /** The present transaction has ended: gives those of the next, none where they cannot be told. */
  next(): readonly TopicPartition[] {
    const likely: TopicPartition[] = [];
    let isUsual = true;
    for (const [name, use] of this.#uses) {
      const isLikely = bitsIn(use.bits) >= often;
      if (isLikely) likely.push(use.target);
      else if ((use.bits & 1) === 1) isUsual = false;
      use.bits = (use.bits << 1) & (2 ** remembered - 1);
      if (use.bits === 0) this.#uses.delete(name);
    }
    return isUsual ? likely : [];
  }

  /** Nothing is likely any more, for it could not be told of. */
  forget(): void {
    this.#uses.clear();
  }
}

function bitsIn(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
