import fc from "fast-check";

/** One record of a random stream, by whole numbers. Prices in millionths of a dollar, times in nanoseconds since the epoch. */
export interface StreamEvent {
  readonly kind: "quote" | "trade" | "correction" | "cancel" | "status" | "gap" | "heartbeat" | "broken";
  readonly symbol: string;
  readonly time: bigint;
  readonly bid: bigint;
  readonly ask: bigint;
  readonly conditions: readonly string[];
  /** Of a trade, or of the trade that a correction or cancel means; few, so that they meet. */
  readonly id: number;
  readonly correctedId: number;
  readonly price: bigint;
  readonly size: bigint;
  readonly saleConditions: readonly string[];
  readonly statusCode: string;
  /** A gap reaches so far back from its time, and may concern every symbol. */
  readonly span: bigint;
  readonly ofAll: boolean;
}

const second = 1_000_000_000n;
const beginning = BigInt(Date.parse("2018-01-03T14:58:30Z")) * 1_000_000n;

/** How far an event is from the newest time before it: mostly little, sometimes back, sometimes to a window's very end or the watermark's. */
const anyJump = fc.oneof(
  { weight: 16, arbitrary: fc.bigInt({ min: 0n, max: 3n * second }) },
  { weight: 5, arbitrary: fc.bigInt({ min: -2n * second, max: 0n }) },
  { weight: 3, arbitrary: fc.bigInt({ min: -150n * second, max: 0n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 80n * second }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, -1n, second, -second, 5n * second, 5n * second + 1n) },
  { weight: 1, arbitrary: fc.constantFrom("minute", "minute and a second", "just before") },
);

const kinds: Readonly<Record<StreamEvent["kind"], number>> = {
  quote: 24,
  trade: 14,
  correction: 4,
  cancel: 3,
  status: 1,
  gap: 1,
  heartbeat: 6,
  broken: 1,
};

const anyStep = fc.record({
  kind: fc.oneof(
    ...Object.entries(kinds).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind as StreamEvent["kind"]),
    })),
  ),
  symbol: fc.constantFrom("a", "a", "B", "AB"),
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
  id: fc.integer({ min: 1, max: 4 }),
  correctedId: fc.integer({ min: 1, max: 4 }),
  price: fc.bigInt({ min: 94_000_000n, max: 106_000_000n }),
  size: fc.bigInt({ min: 0n, max: 300n }),
  saleConditions: fc.constantFrom<readonly string[]>([], ["@"], ["@"], ["F", "T"], ["@", "I"], ["4"], ["M"], ["?"]),
  statusCode: fc.constantFrom("2", "3", "H", "T", "?"),
  span: fc.bigInt({ min: 0n, max: 90n * second }),
  ofAll: fc.boolean(),
});

/** A stream of a few symbols over some minutes, out of order in places, with every kind of record in it. */
export const anyStream: fc.Arbitrary<readonly StreamEvent[]> = fc
  .array(anyStep, { maxLength: 60, size: "max" })
  .map((steps) => {
    let newest = beginning;
    let heartbeat: bigint | null = null;
    return steps.map(({ jump, spread, ...step }) => {
      const { kind, bid } = step;
      const time = typeof jump === "bigint" ? newest + jump : boundary(newest, jump);
      // An event from the future (W8) is left behind, or all that follow would be from the future too.
      const counts = kind === "heartbeat" || heartbeat === null || time <= heartbeat + 5n * second;
      if (time > newest && counts && kind !== "gap") newest = time;
      if (kind === "heartbeat" && (heartbeat === null || time > heartbeat)) heartbeat = time;
      const ask = bid + spread;
      return { ...step, time, ask: ask < 0n ? 0n : ask > 10_000_000_000_000n ? bid : ask };
    });
  });

function boundary(time: bigint, jump: string): bigint {
  const minute = time - (time % (60n * second)) + 60n * second;
  return jump === "minute" ? minute : jump === "just before" ? minute - 1n : minute + second;
}

/** The event as a value of the raw log. */
export function textOf(event: StreamEvent): string {
  const S = JSON.stringify(event.symbol);
  const t = timeText(event.time);
  const { bid, ask, conditions, id, correctedId, price, size } = event;
  const c = JSON.stringify(event.saleConditions);
  switch (event.kind) {
    case "heartbeat":
      return `{"T":"heartbeat","t":"${t}"}`;
    case "trade":
      return `{"T":"t","S":${S},"i":${id},"x":"V","p":${dollars(price)},"s":${size},"c":${c},"t":"${t}","z":"A"}`;
    case "correction":
      return `{"T":"c","S":${S},"x":"V","oi":${id},"op":1,"os":1,"oc":[],"ci":${correctedId},"cp":${dollars(price)},"cs":${size},"cc":${c},"t":"${t}","z":"A"}`;
    case "cancel":
      return `{"T":"x","S":${S},"i":${id},"x":"V","p":${dollars(price)},"s":${size},"a":"C","t":"${t}","z":"A"}`;
    case "status":
      return `{"T":"s","S":${S},"sc":"${event.statusCode}","sm":"","rc":"","rm":"","t":"${t}","z":"A"}`;
    case "gap":
      return `{"T":"gap","S":${event.ofAll ? "null" : S},"from":"${timeText(event.time - event.span)}","to":"${t}","reason":"disconnected"}`;
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
