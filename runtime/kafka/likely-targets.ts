import { partitionName } from "./partition-name.ts";
import type { TopicPartition } from "./types.ts";

const remembered = 16;
const often = remembered / 4;

interface Use {
  readonly target: TopicPartition;
  /** A bit for each of the last transactions, the present one's the lowest. */
  bits: number;
}

/**
 * Which partitions the next transaction will most likely write to: those that one in four of the last sixteen has written to. Where there are any, all
 * that the last one has written to go with them: an end of it that reached a part of them only is repeated by the next one's.
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

  /** The present transaction has ended: gives those of the next. */
  next(): readonly TopicPartition[] {
    const targets: TopicPartition[] = [];
    let isAnyLikely = false;
    for (const [name, use] of this.#uses) {
      const isLikely = bitsIn(use.bits) >= often;
      isAnyLikely ||= isLikely;
      if (isLikely || (use.bits & 1) === 1) targets.push(use.target);
      use.bits = (use.bits << 1) & (2 ** remembered - 1);
      if (use.bits === 0) this.#uses.delete(name);
    }
    return isAnyLikely ? targets : [];
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
