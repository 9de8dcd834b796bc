import fc from "fast-check";
import { expect, it } from "vitest";
import { readBatches } from "../../../runtime/kafka/record-batch-reader.ts";
import { RecordBatchWriter } from "../../../runtime/kafka/record-batch-writer.ts";
import { type LaneBatch, SendLane } from "../../../runtime/kafka/send-lane.ts";
import { SendTicket } from "../../../runtime/kafka/send-ticket.ts";
import type { TopicPosition } from "../../../runtime/kafka/types.ts";

const underWayMax = 5;

/** One partition of a broker, as idempotence wants it: the next sequence number in order, the last five batches known again. */
class BrokerPartition {
  readonly log: string[] = [];
  #producerId = -1n;
  #next = 0;
  #remembered: { readonly sequence: number; readonly baseOffset: number }[] = [];

  /** The base offset, or -1 where the batch is out of order. */
  append(bytes: Buffer): number {
    const producerId = bytes.readBigInt64BE(43);
    const sequence = bytes.readInt32BE(53);
    if (producerId !== this.#producerId) {
      // Whatever it is: `kafka.integration.test.ts` shows it.
      this.#next = sequence;
      this.#producerId = producerId;
      this.#remembered = [];
    }
    const known = this.#remembered.find((batch) => batch.sequence === sequence);
    if (known !== undefined) return known.baseOffset;
    if (sequence !== this.#next) return -1;
    const values = readBatches(bytes, 0, []).records.map(({ value }) => value?.toString() ?? "");
    const baseOffset = this.log.length;
    this.log.push(...values);
    this.#next = sequence + values.length;
    this.#remembered = [...this.#remembered, { sequence, baseOffset }].slice(-underWayMax);
    return baseOffset;
  }

  /** As after a day without a record of this producer. */
  expire(): void {
    this.#producerId = -1n;
  }

  /** As after a loss of its memory: what comes next is out of order whatever its number. */
  forget(): void {
    this.#next = -1;
    this.#remembered = [];
  }
}

type Step = "send" | "request" | "answer" | "refuse" | "cut" | "forget" | "expire";
const steps = fc.array(
  fc.record({
    step: fc.constantFrom<Step>(
      "send",
      "send",
      "request",
      "request",
      "request",
      "answer",
      "answer",
      "refuse",
      "cut",
      "forget",
      "expire",
    ),
    size: fc.nat(12),
  }),
  { minLength: 5, maxLength: 120 },
);

it("whatever is refused, cut off or forgotten: every record is written once and in order, and each send is told its end", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const lane = new SendLane("topic", 0);
      const writer = new RecordBatchWriter(150);
      const broker = new BrokerPartition();
      const tickets: { readonly last: number; readonly promise: Promise<readonly TopicPosition[]> }[] = [];
      let producerId = 0n;
      let sent = 0;
      let nowMs = 0;
      let isCut = false;
      let wire: LaneBatch[] = [];

      const request = () => {
        if (lane.lostSequence && !lane.isUnderWay) {
          producerId++;
          lane.restartSequence();
        }
        if (wire.length >= underWayMax || !lane.canSend(false)) return false;
        wire.push(lane.take(writer, { producerId, producerEpoch: 0, transactional: false }, nowMs));
        return true;
      };
      const answer = () => {
        const batch = wire.shift();
        if (batch === undefined) return;
        const baseOffset = broker.append(batch.bytes);
        if (baseOffset === -1) lane.putBackOutOfOrder(batch);
        else lane.acknowledge(batch, baseOffset);
      };
      const actions: Record<Step, (size: number) => void> = {
        send: (size) => {
          const ticket = new SendTicket("topic", size + 1);
          const records = Array.from({ length: size + 1 }, () => ({
            partition: 0,
            key: null,
            value: String(sent++),
            headers: {},
          }));
          lane.add(ticket, records);
          tickets.push({ last: sent, promise: ticket.promise });
        },
        request: () => void request(),
        answer,
        // The broker is not ready for the first, and finds the others out of order.
        refuse: () => {
          const first = wire.shift();
          if (first !== undefined) lane.putBack(first);
        },
        // Some of what is on the wire is written, but no answer comes back; the batches come back in any order.
        cut: (size) => {
          for (const batch of wire.slice(0, size)) broker.append(batch.bytes);
          isCut = true;
          const lost = size % 2 === 0 ? wire.toReversed() : wire;
          wire = [];
          for (const batch of lost) lane.putBack(batch);
        },
        // Only between requests: a broker that forgets what it has just written cannot be told from one that never had it.
        forget: () => {
          if (!lane.hasUnresolved) broker.forget();
        },
        // Also behind a fault, as where the topic is made anew: but what was written and not answered for would be written again.
        expire: () => {
          if (!lane.hasUnresolved) isCut = false;
          if (lane.isUnderWay || isCut) return;
          broker.expire();
          nowMs += 24 * 3_600_000;
        },
      };
      for (const { step, size } of plan) actions[step](size);
      for (let rounds = 0; !lane.isIdle; rounds++) {
        expect(rounds).toBeLessThan(5000);
        if (!request()) answer();
      }
      // A batch that is refused behind another is no loss of the sequence.
      if (!plan.some(({ step }) => step === "forget")) expect(producerId).toBe(0n);
      expect(broker.log).toEqual(Array.from({ length: sent }, (_, index) => String(index)));
      for (const { last, promise } of tickets) {
        expect(await promise).toEqual([{ topic: "topic", partition: 0, offset: last }]);
      }
    }),
    { numRuns: 600 },
  );
});

it("a lane that fails rejects all that it holds, and what comes later is written under a new sequence", async () => {
  const lane = new SendLane("topic", 0);
  const writer = new RecordBatchWriter(150);
  const record = { partition: 0, key: null, value: "x", headers: {} };
  const producer = { producerId: 1n, producerEpoch: 0, transactional: false };
  const lost = new SendTicket("topic", 1);
  lane.add(lost, [record]);
  const underWay = lane.take(writer, producer, 0);
  lane.putBack(underWay);
  lane.fail(new Error("denied"));
  await expect(lost.promise).rejects.toThrow("denied");
  expect(lane.isIdle).toBe(true);
  expect(lane.lostSequence).toBe(true);
  lane.restartSequence();
  lane.add(new SendTicket("topic", 1), [record]);
  expect(lane.take(writer, producer, 0).baseSequence).toBe(0);
});

it("the first batch that a broker sees of a sequence goes alone, and so does the first after a fault or an hour without one", () => {
  const lane = new SendLane("topic", 0);
  const writer = new RecordBatchWriter(150);
  const record = { partition: 0, key: null, value: "x".repeat(100), headers: {} };
  const producer = { producerId: 1n, producerEpoch: 0, transactional: false };
  const send = () => lane.add(new SendTicket("topic", 3), [record, record, record]);
  const minuteMs = 60_000;
  /** How many batches go out at once; the broker then has them all. */
  const together = (nowMs: number) => {
    const taken: LaneBatch[] = [];
    while (lane.canSend(false)) taken.push(lane.take(writer, producer, nowMs));
    for (const batch of taken) lane.acknowledge(batch, 0);
    return taken.length;
  };
  send();
  expect([together(0), together(0)]).toEqual([1, 2]);
  send();
  expect(together(59 * minuteMs)).toBe(3);
  send();
  expect([together(120 * minuteMs), together(120 * minuteMs)]).toEqual([1, 2]);
  lane.restartSequence();
  send();
  expect([together(121 * minuteMs), together(121 * minuteMs)]).toEqual([1, 2]);
  send();
  lane.putBack(lane.take(writer, producer, 121 * minuteMs));
  expect([together(121 * minuteMs), together(121 * minuteMs)]).toEqual([1, 2]);
});
