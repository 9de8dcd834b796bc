import type { EventTime } from "../../domain/time/event-time.ts";
import type { PartitionClock } from "./state.ts";

/** W8: true for an event more than `maxAheadMs` past the newest heartbeat of its partition; before the first heartbeat all pass. */
export function isFromTheFuture(clock: PartitionClock, time: EventTime, maxAheadMs: number): boolean {
  const limit = clock.heartbeatMicros + maxAheadMs * 1000;
  return (
    limit !== Number.NEGATIVE_INFINITY &&
    (time.micros > limit || (time.micros === limit && time.nanos > clock.heartbeatNanos))
  );
}

/** W2: moves the watermark to the highest event time less `maxOutOfOrderMs`; it never goes back. */
export function advanceClock(clock: PartitionClock, micros: number, maxOutOfOrderMs: number): void {
  if (micros > clock.newestMicros) clock.newestMicros = micros;
  const watermark = clock.newestMicros - maxOutOfOrderMs * 1000;
  if (watermark > clock.watermarkMicros) clock.watermarkMicros = watermark;
}

/** Takes a heartbeat as the newest, where it is. */
export function noteHeartbeat(clock: PartitionClock, time: EventTime): void {
  if (time.micros < clock.heartbeatMicros) return;
  if (time.micros > clock.heartbeatMicros || time.nanos > clock.heartbeatNanos) clock.heartbeatNanos = time.nanos;
  clock.heartbeatMicros = time.micros;
}
