/** Wall-clock time, passed to whoever needs it so that tests and simulations can set it. */
export interface Clock {
  /** Microseconds since the epoch: the unit of the times in headers. */
  nowMicros(): number;
}

/** This machine's clock, advancing in microseconds between the milliseconds of `Date`. */
export const systemClock: Clock = {
  nowMicros: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
};
