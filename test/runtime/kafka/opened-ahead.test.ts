import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TransactionalSenderOptions } from "../../../runtime/kafka/types.ts";
import type { FakeAnswer } from "./fake-transaction-broker.ts";
import { recordOf } from "./kafka-under-test.ts";
import { group, positions, senderTo } from "./sender-on-fake-broker.ts";

// Kafka's error codes.
const topicAuthorizationFailed = 29;
const concurrentTransactions = 51;
const producerFenced = 90;

/** So many write to a partition until it is likely to be written to. */
const untilLikely = 12;
const fine = Array.from({ length: untilLikely }, () => 0);
const opening = ["AddPartitionsToTxn", "AddOffsetsToTxn"];

// No transaction's time runs out, however slow the machine is; timers go on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Looking often moves that time on by little. */
const soon = { interval: 1 };

async function senderAhead(
  script: Readonly<Record<string, readonly FakeAnswer[]>> = {},
  options: TransactionalSenderOptions = {},
) {
  const under = await senderTo(script, options);
  for (let round = 0; round < untilLikely; round++) await under.transaction();
  under.requests.length = 0;
  await expect.poll(() => under.requests, soon).toEqual(expect.arrayContaining(opening));
  return under;
}
const afterOpening = (requests: readonly string[]) => requests.slice(requests.indexOf("AddOffsetsToTxn") + 1);

it("the next transaction is opened where it will most likely write, once the last one can be seen: records go out at once then", async () => {
  const { sender, requests } = await senderAhead();
  expect(requests).toEqual(["OffsetFetch", ...opening]);
  await sender.send("out", [recordOf("b")]);
  await sender.commit(group, positions);
  expect(afterOpening(requests).slice(0, 3)).toEqual(["Produce", "TxnOffsetCommit", "EndTxn"]);
});

it("nothing is opened ahead while something waits already", async () => {
  const { sender, requests, transaction } = await senderAhead();
  await transaction();
  requests.length = 0;
  await sender.commit(group, positions);
  expect(requests).toEqual(["OffsetFetch", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn"]);
});

it("D1: a transaction that is opened ahead is ended, once something has come, by its commit alone, however long that takes", async () => {
  const slow = ["lost", "lost", "lost", "lost"] as const;
  const { sender, requests } = await senderAhead({ Produce: [...fine, ...slow] }, { transactionTimeoutMs: 400 });
  await sender.send("out", [recordOf("b")]);
  expect(afterOpening(requests)).toEqual([...slow.map(() => "Produce"), "Produce"]);
  await sender.commit(group, positions);
});

it("D1: a transaction is not ended while the coordinator is still being told of it", async () => {
  const busy = Array.from({ length: 20 }, () => concurrentTransactions);
  const { sender, requests } = await senderAhead({ AddPartitionsToTxn: [...fine, ...busy] });
  await sender.commit(group, positions);
  const toldLast = requests.lastIndexOf("AddPartitionsToTxn");
  expect(requests.filter((name) => name === "AddPartitionsToTxn")).toHaveLength(busy.length + 1);
  expect(requests.indexOf("EndTxn")).toBeGreaterThan(toldLast);
});

it("D1: where nothing comes a transaction that is opened ahead is ended before its timeout would fence its holder, as a commit; what comes then opens another", async () => {
  const { sender, requests, sent } = await senderAhead({}, { transactionTimeoutMs: 200 });
  await expect.poll(() => afterOpening(requests), soon).toEqual(["EndTxn"]);
  expect(sent.at(-1)?.bytes.at(-1)).toBe(1);
  requests.length = 0;
  await sender.send("out", [recordOf("b")]);
  expect(requests).toEqual([...opening, "Produce"]);
  await sender.commit(group, positions);
});

it("D1: records that come while a transaction of nothing is being ended wait for that, and are of the next", async () => {
  const busy = Array.from({ length: 20 }, () => concurrentTransactions);
  const { sender, requests } = await senderAhead({ EndTxn: [...fine, ...busy] }, { transactionTimeoutMs: 200 });
  await expect.poll(() => requests, soon).toContain("EndTxn");
  await sender.send("out", [recordOf("b")]);
  expect(afterOpening(requests)).toEqual([...busy.map(() => "EndTxn"), "EndTxn", ...opening, "Produce"]);
});

it("D1: where the answer to its end is lost, the next has an epoch of its own", async () => {
  const { sender, requests } = await senderAhead({ EndTxn: [...fine, "lost"] }, { transactionTimeoutMs: 200 });
  const renewal = ["DescribeTransactions", "InitProducerId"];
  await expect.poll(() => afterOpening(requests), soon).toEqual(["EndTxn", "EndTxn", ...renewal]);
  await sender.send("out", [recordOf("b")]);
  await sender.commit(group, positions);
});

it("D1: where a connection breaks meanwhile it is ended at once, for the one before may hang; the next has an epoch of its own", async () => {
  const { sender, requests, sent } = await senderAhead({ AddPartitionsToTxn: [...fine, "lost"] });
  await expect.poll(() => requests.at(-1), soon).toBe("InitProducerId");
  const end = sent.findLast(({ apiName }) => apiName === "EndTxn");
  expect(end?.bytes.at(-1)).toBe(1);
  requests.length = 0;
  await sender.send("out", [recordOf("b")]);
  expect(requests).toEqual([...opening, "Produce"]);
});

it("a partition that cannot be told of is not missed until something is to be written to it", async () => {
  const { sender, requests } = await senderAhead({ AddPartitionsToTxn: [...fine, topicAuthorizationFailed] });
  requests.length = 0;
  await sender.commit(group, positions);
  expect(requests.slice(0, 2)).toEqual(["TxnOffsetCommit", "EndTxn"]);
  await sender.send("out", [recordOf("b")]);
  await sender.commit(group, positions);
});

it("records that come while it is being told of do not fail with a partition that they are not of", async () => {
  const busy = Array.from({ length: 10 }, () => concurrentTransactions);
  const script = { AddPartitionsToTxn: [...fine, ...busy, topicAuthorizationFailed] };
  const { sender, requests } = await senderAhead(script);
  await sender.send("out", [recordOf("b")]);
  const refused = [...busy, topicAuthorizationFailed].map(() => "AddPartitionsToTxn");
  expect(afterOpening(requests)).toEqual([...refused.slice(1), "AddPartitionsToTxn", "Produce"]);
  await sender.commit(group, positions);
});

it("a sender that is closed needs no other epoch", async () => {
  const { sender, requests } = await senderAhead({ EndTxn: [...fine, "lost"] });
  await sender.close();
  expect(afterOpening(requests)).toEqual(["EndTxn", "EndTxn"]);
});

it("a sender that is closed while the last commit is being seen opens nothing", async () => {
  const { sender, requests, transaction } = await senderAhead();
  await transaction();
  requests.length = 0;
  await sender.close();
  expect(requests).toEqual(["OffsetFetch"]);
});

it("a sender that is closed ends what it has opened ahead; an abort and a commit of nothing leave it be", async () => {
  const { sender, requests, sent } = await senderAhead();
  await sender.abort();
  await sender.commit(group, []);
  expect(afterOpening(requests)).toEqual([]);
  await sender.close();
  expect(afterOpening(requests)).toEqual(["EndTxn"]);
  expect(sent.at(-1)?.bytes.at(-1)).toBe(1);
});

it("D1: who is found fenced when it opens ahead can do no more", async () => {
  const { sender } = await senderAhead({ AddPartitionsToTxn: [...fine, producerFenced] });
  await expect(sender.send("out", [recordOf("b")])).rejects.toMatchObject({ code: "kafkaFenced" });
  await expect(sender.commit(group, positions)).rejects.toMatchObject({ code: "kafkaFenced" });
});
