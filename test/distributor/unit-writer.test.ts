import { expect, it } from "vitest";
import { noOutputs, type Outputs } from "../../distributor/outputs.ts";
import { UnitWriter } from "../../distributor/unit-writer.ts";
import type { GroupMembership, OutgoingRecord, TopicPosition, TransactionalSender } from "../../runtime/kafka/types.ts";

type UnitSender = Pick<TransactionalSender, "send" | "commit" | "abort" | "close">;

const membership: GroupMembership = { groupId: "group", memberId: "member", generationId: 1 };

/** A sender that keeps what is committed; a test lets commits wait or fail. */
class RecordingSender implements UnitSender {
  readonly committed: { values: string[]; positions: Record<string, number> }[] = [];
  readonly calls: string[] = [];
  beforeCommit: () => Promise<void> = async () => undefined;
  #open: string[] = [];

  async send(_topic: string, records: readonly OutgoingRecord[]): Promise<void> {
    this.calls.push("send");
    this.#open.push(...records.map(({ value }) => String(value)));
  }

  async commit(group: GroupMembership, positions: readonly TopicPosition[]): Promise<void> {
    expect(group).toBe(membership);
    this.calls.push("commit");
    await this.beforeCommit();
    const at = Object.fromEntries(positions.map(({ partition, offset }) => [partition, offset]));
    this.committed.push({ values: this.#open, positions: at });
    this.#open = [];
  }

  async abort(): Promise<void> {
    this.calls.push("abort");
  }

  async close(): Promise<void> {
    this.calls.push("close");
  }
}

function start(idleCommitMs = 60_000) {
  const sender = new RecordingSender();
  const broken: Error[] = [];
  const counted: Outputs[] = [];
  const writer = new UnitWriter({
    sender,
    membership,
    idleCommitMs,
    onCommitted: (outputs) => counted.push(...outputs),
    onBroken: (error) => broken.push(error),
  });
  return { sender, writer, broken, counted };
}

function outputs(...values: string[]): Outputs {
  const made = noOutputs();
  if (values.length === 0) return made;
  made.byTopic.set(
    "out",
    values.map((value) => ({ partition: 0, key: null, value, headers: {} })),
  );
  made.published = values.length;
  return made;
}

const at = (partition: number, offset: number): TopicPosition => ({ topic: "in", partition, offset });

it("D1: outputs and the position that they bring go into one transaction", async () => {
  const { sender, writer, counted } = start();
  expect(await writer.write(outputs("a", "b"), at(0, 7))).toBe(true);
  expect(sender.committed).toEqual([{ values: ["a", "b"], positions: { 0: 7 } }]);
  expect(counted.map(({ published }) => published)).toEqual([2]);
});

it("what comes while a transaction is under way is the next one, of all partitions together", async () => {
  const { sender, writer } = start();
  const held = Promise.withResolvers<void>();
  sender.beforeCommit = () => held.promise;
  const written = [writer.write(outputs("a"), at(0, 1))];
  await expect.poll(() => sender.calls).toEqual(["send", "commit"]);
  written.push(writer.write(outputs("b"), at(1, 5)), writer.write(outputs("c"), at(2, 6)));
  held.resolve();
  expect(await Promise.all(written)).toEqual([true, true, true]);
  expect(sender.committed).toEqual([
    { values: ["a"], positions: { 0: 1 } },
    { values: ["b", "c"], positions: { 1: 5, 2: 6 } },
  ]);
});

it("a position that brings nothing makes no transaction of its own, and goes along with the next", async () => {
  const { sender, writer } = start();
  expect(await writer.write(outputs(), at(0, 10))).toBe(true);
  expect(await writer.write(outputs(), at(0, 20))).toBe(true);
  expect(sender.committed).toEqual([]);
  await writer.write(outputs("a"), at(1, 3));
  expect(sender.committed).toEqual([{ values: ["a"], positions: { 0: 20, 1: 3 } }]);
});

it("a later position of the same partition is never taken back by an earlier one", async () => {
  const { sender, writer } = start();
  await writer.write(outputs(), at(0, 10));
  await writer.write(outputs("a"), at(0, 11));
  await writer.close();
  expect(sender.committed).toEqual([{ values: ["a"], positions: { 0: 11 } }]);
});

it("positions alone are committed after a while, also where that comes while a transaction is under way", async () => {
  const { sender, writer } = start(20);
  await writer.write(outputs(), at(0, 10));
  await expect.poll(() => sender.committed).toEqual([{ values: [], positions: { 0: 10 } }]);
  const held = Promise.withResolvers<void>();
  sender.beforeCommit = () => held.promise;
  const written = writer.write(outputs("a"), at(1, 1));
  await writer.write(outputs(), at(0, 30));
  await new Promise((resolve) => setTimeout(resolve, 40));
  held.resolve();
  await written;
  await expect.poll(() => sender.committed.at(-1)).toEqual({ values: [], positions: { 0: 30 } });
});

it("closing commits the positions that are left, then closes the sender", async () => {
  const { sender, writer } = start();
  await writer.write(outputs(), at(0, 10));
  await writer.close();
  expect(sender.committed).toEqual([{ values: [], positions: { 0: 10 } }]);
  expect(sender.calls).toEqual(["commit", "close"]);
});

it("D1: after a fault nothing more is written, all that waits is told, and what is open is aborted", async () => {
  const { sender, writer, broken, counted } = start();
  const held = Promise.withResolvers<void>();
  sender.beforeCommit = () => held.promise;
  const written = [writer.write(outputs("a"), at(0, 1))];
  await expect.poll(() => sender.calls).toEqual(["send", "commit"]);
  written.push(writer.write(outputs("b"), at(0, 2)));
  held.reject(new Error("the outcome is not known"));
  expect(await Promise.all(written)).toEqual([false, false]);
  expect(await writer.write(outputs("c"), at(0, 3))).toBe(false);
  expect(await writer.write(outputs(), at(1, 3))).toBe(false);
  await writer.close();
  expect(broken.map(({ message }) => message)).toEqual(["the outcome is not known"]);
  expect(sender.calls).toEqual(["send", "commit", "abort", "close"]);
  expect(counted).toEqual([]);
});
