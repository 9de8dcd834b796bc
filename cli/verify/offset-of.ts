import type { TopicPosition } from "../../runtime/kafka/types.ts";

/** A partition's offset among those of a topic; 0 where it is not named. */
export function offsetOf(positions: readonly TopicPosition[], partition: number): number {
  return positions.find((position) => position.partition === partition)?.offset ?? 0;
}
