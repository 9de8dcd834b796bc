import type { MarketSettings } from "../../domain/settings.ts";
import type { EventTime } from "../../domain/time/event-time.ts";
import { never, type PartitionClock } from "./state.ts";

/** W8: true for an event more than `maxAheadMs` past the newest heartbeat of its partition; before the first heartbeat all pass. */
export function isFromTheFuture(clock: PartitionClock, time: EventTime, maxAheadMs: number): boolean {
  if (clock.heartbeatMicros === never) return false;
  const limit = clock.heartbeatMicros + maxAheadMs * 1000;
  return time.micros > limit || (time.micros === limit && time.nanos > clock.heartbeatNanos);
}

/** W2, W4: moves the watermark to the highest event time less `maxOutOfOrderMs`, and behind it what the grace lets go of; they never go back. */
export function advanceClock(
  clock: PartitionClock,
  micros: number,
  { maxOutOfOrderMs, graceMs }: Pick<MarketSettings, "maxOutOfOrderMs" | "graceMs">,
): void {
  if (micros > clock.newestMicros) clock.newestMicros = micros;
  const watermark = clock.newestMicros - maxOutOfOrderMs * 1000;
  if (watermark > clock.watermarkMicros) clock.watermarkMicros = watermark;
  const forgotten = clock.watermarkMicros - graceMs * 1000;
  if (forgotten > clock.forgottenMicros) clock.forgottenMicros = forgotten;
}

/** Takes a heartbeat as the newest, where it is. */
export function noteHeartbeat(clock: PartitionClock, time: EventTime): void {
  if (time.micros < clock.heartbeatMicros) return;
  if (time.micros > clock.heartbeatMicros || time.nanos > clock.heartbeatNanos) clock.heartbeatNanos = time.nanos;
  clock.heartbeatMicros = time.micros;
}
