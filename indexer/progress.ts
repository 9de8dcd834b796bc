import type { TopicPosition } from "../runtime/kafka/types.ts";

/** Records of one partition that were handed over together, and how many of them are not dealt with yet. */
export interface Portion {
  readonly firstOffset: number;
  readonly nextOffset: number;
  left: number;
}

/** One assignment of one partition; a later assignment has a new one, so that what comes in late for the old one moves nothing. */
interface Track {
  readonly topic: string;
  readonly partition: number;
  readonly portions: Portion[];
  /** Below it everything is dealt with; null until something was handed over. */
  done: number | null;
  committed: number | null;
}

/**
 * Below which offset of each partition everything is stored or dead-lettered. Portions end in any order; the position passes one
 * only when all before it have ended, so that a crash never skips what was not stored (D5).
 */
export class Progress {
  #tracks = new Map<string, Track>();

  /** Starts anew with the partitions of an assignment. */
  assign(partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    this.#tracks = new Map(
      partitions.map(({ topic, partition }) => [
        trackKey(topic, partition),
        { topic, partition, portions: [], done: null, committed: null },
      ]),
    );
  }

  /** Notes records handed over; each must be `end`ed once. */
  begin(topic: string, partition: number, firstOffset: number, nextOffset: number, count: number): Portion {
    const portion = { firstOffset, nextOffset, left: count };
    this.#tracks.get(trackKey(topic, partition))?.portions.push(portion);
    return portion;
  }

  /** Notes that `count` records of a portion are dealt with. */
  end(portion: Portion, count: number): void {
    portion.left -= count;
    if (portion.left < 0) throw new RangeError("A record was dealt with twice.");
  }

  /** Positions that have moved since they were last committed. */
  commitable(): readonly TopicPosition[] {
    const positions: TopicPosition[] = [];
    for (const track of this.#tracks.values()) {
      settle(track);
      const { topic, partition, done } = track;
      if (done !== null && done !== track.committed) positions.push({ topic, partition, offset: done });
    }
    return positions;
  }

  committed(positions: readonly TopicPosition[]): void {
    for (const { topic, partition, offset } of positions) {
      const track = this.#tracks.get(trackKey(topic, partition));
      if (track !== undefined) track.committed = offset;
    }
  }

  /**
   * The reader's positions, which count transaction markers that no batch shows, held back to the first record that is not
   * dealt with. Call it after the reader has handed over what it has read.
   */
  bounded(readerPositions: readonly TopicPosition[]): readonly TopicPosition[] {
    return readerPositions.flatMap((position) => {
      const track = this.#tracks.get(trackKey(position.topic, position.partition));
      if (track === undefined) return [];
      settle(track);
      const first = track.portions[0];
      return first === undefined ? [position] : [{ ...position, offset: Math.min(position.offset, first.firstOffset) }];
    });
  }
}

function settle(track: Track): void {
  let ended = 0;
  for (const portion of track.portions) {
    if (portion.left > 0) break;
    track.done = portion.nextOffset;
    ended += 1;
  }
  if (ended > 0) track.portions.splice(0, ended);
}

function trackKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
