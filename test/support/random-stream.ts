import fc from "fast-check";

/** One record of a random stream, by whole numbers. Prices in millionths of a dollar, times in nanoseconds since the epoch. */
export interface StreamEvent {
  readonly kind: "quote" | "trade" | "heartbeat" | "broken";
  readonly symbol: string;
  readonly time: bigint;
  readonly bid: bigint;
  readonly ask: bigint;
  readonly conditions: readonly string[];
}

const second = 1_000_000_000n;
const beginning = BigInt(Date.parse("2018-01-03T14:58:30Z")) * 1_000_000n;

/** How far an event is from the newest time before it: mostly little, sometimes back, sometimes to a window's very end or the watermark's. */
const anyJump = fc.oneof(
  { weight: 16, arbitrary: fc.bigInt({ min: 0n, max: 3n * second }) },
  { weight: 5, arbitrary: fc.bigInt({ min: -2n * second, max: 0n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -150n * second, max: 0n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 80n * second }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, -1n, second, -second, 5n * second, 5n * second + 1n) },
  { weight: 1, arbitrary: fc.constantFrom("minute", "minute and a second", "just before") },
);

const anyStep = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant("quote" as const) },
    { weight: 1, arbitrary: fc.constant("trade" as const) },
    { weight: 3, arbitrary: fc.constant("heartbeat" as const) },
    { weight: 1, arbitrary: fc.constant("broken" as const) },
  ),
  symbol: fc.constantFrom("a", "B", "AB"),
  jump: anyJump,
  bid: fc.oneof(
    { weight: 9, arbitrary: fc.bigInt({ min: 94_000_000n, max: 106_000_000n }) },
    { weight: 1, arbitrary: fc.constantFrom(0n, 1n, 10_000_000_000_000n) },
  ),
  spread: fc.oneof(
    { weight: 9, arbitrary: fc.bigInt({ min: 0n, max: 20_000n }) },
    { weight: 1, arbitrary: fc.constantFrom(0n, 1n, -1n, 9_999_999n, 15_000_000n) },
  ),
  conditions: fc.constantFrom<readonly string[]>([], ["R"], ["R"], ["R"], ["R", "?"], ["N"]),
});

/** A stream of a few symbols over some minutes, out of order in places, with every kind of record in it. */
export const anyStream: fc.Arbitrary<readonly StreamEvent[]> = fc
  .array(anyStep, { maxLength: 60, size: "max" })
  .map((steps) => {
    let newest = beginning;
    let heartbeat: bigint | null = null;
    return steps.map(({ kind, symbol, jump, bid, spread, conditions }) => {
      const time = typeof jump === "bigint" ? newest + jump : boundary(newest, jump);
      // An event from the future (W8) is left behind, or all that follow would be from the future too.
      if (time > newest && (kind === "heartbeat" || heartbeat === null || time <= heartbeat + 5n * second))
        newest = time;
      if (kind === "heartbeat" && (heartbeat === null || time > heartbeat)) heartbeat = time;
      const ask = bid + spread;
      return { kind, symbol, time, bid, ask: ask < 0n ? 0n : ask > 10_000_000_000_000n ? bid : ask, conditions };
    });
  });

function boundary(time: bigint, jump: string): bigint {
  const minute = time - (time % (60n * second)) + 60n * second;
  return jump === "minute" ? minute : jump === "just before" ? minute - 1n : minute + second;
}

/** The event as a value of the raw log. */
export function textOf({ kind, symbol, time, bid, ask, conditions }: StreamEvent): string {
  const S = JSON.stringify(symbol);
  const t = timeText(time);
  switch (kind) {
    case "heartbeat":
      return `{"T":"heartbeat","t":"${t}"}`;
    case "trade":
      return `{"T":"t","S":${S},"i":1,"x":"V","p":100,"s":1,"c":["@"],"t":"${t}","z":"A"}`;
    case "broken":
      return `{"T":"q","S":${S},"t":"${t}"}`;
    case "quote":
      return `{"T":"q","S":${S},"bx":"N","bp":${dollars(bid)},"bs":1,"ax":"Q","ap":${dollars(ask)},"as":2,"c":${JSON.stringify(conditions)},"t":"${t}","z":"A"}`;
  }
}

/** Nanoseconds since the epoch as RFC 3339 with nine decimals. */
export function timeText(time: bigint): string {
  const whole = new Date(Number(time / second) * 1000).toISOString().slice(0, 19);
  return `${whole}.${(time % second).toString().padStart(9, "0")}Z`;
}

function dollars(micros: bigint): string {
  return `${micros / 1_000_000n}.${(micros % 1_000_000n).toString().padStart(6, "0")}`;
}
