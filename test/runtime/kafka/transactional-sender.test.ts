import { expect, it } from "vitest";
import { markedTimeoutMs } from "../../../runtime/kafka/takeover-step.ts";
import { committedOffset, firstEpoch } from "./fake-transaction-broker.ts";
import { recordOf } from "./kafka-under-test.ts";
import { group, positions, senderTo } from "./sender-on-fake-broker.ts";

// Kafka's error codes.
const illegalGeneration = 22;
const coordinatorNotAvailable = 15;
const outOfOrder = 45;
const invalidProducerEpoch = 47;
const invalidTransactionState = 48;
const concurrentTransactions = 51;
const unstableOffsetCommit = 88;
const producerFenced = 90;

/** The timeouts, milliseconds, with which the id was initialised. */
function timeoutsOf(sent: readonly { readonly apiName: string; readonly bytes: Buffer }[]): number[] {
  return sent.filter(({ apiName }) => apiName === "InitProducerId").map(({ bytes }) => bytes.readInt32BE(4));
}

it("a transaction is six requests, the end last but one, and then a look whether it can be seen; from the second on the group is told of together with the partitions", async () => {
  const { sender, requests, transaction } = await senderTo({});
  await transaction();
  await expect.poll(() => requests.at(-1)).toBe("OffsetFetch");
  expect(requests.toSorted()).toEqual([
    "AddOffsetsToTxn",
    "AddPartitionsToTxn",
    "EndTxn",
    "OffsetFetch",
    "Produce",
    "TxnOffsetCommit",
  ]);
  expect(requests.slice(-2)).toEqual(["EndTxn", "OffsetFetch"]);
  requests.length = 0;
  await sender.send("out", [recordOf("b")]);
  expect(requests).toEqual(["AddPartitionsToTxn", "AddOffsetsToTxn", "Produce"]);
  await sender.commit(group, positions);
  expect(requests.slice(3, 5)).toEqual(["TxnOffsetCommit", "EndTxn"]);
});

it("D1: nothing of the next transaction is begun before the end of the one before can be seen", async () => {
  const { sender, requests, transaction } = await senderTo({
    OffsetFetch: [unstableOffsetCommit, unstableOffsetCommit],
  });
  await transaction();
  await sender.send("out", [recordOf("b")]);
  const afterEnd = requests.slice(requests.indexOf("EndTxn") + 1);
  expect(afterEnd.slice(0, 4)).toEqual(["OffsetFetch", "OffsetFetch", "OffsetFetch", "AddPartitionsToTxn"]);
});

it("D1: where a commit's end markers were lost, the end is written again over the same partitions, with the positions", async () => {
  // As a broker does that noted the transaction as complete while its partitions had no leader.
  const { sender, requests, sent, transaction } = await senderTo({
    OffsetFetch: Array.from({ length: 2000 }, () => unstableOffsetCommit),
    // The marker of the second end makes the positions stable.
    EndTxn: [0, "stabilise"],
  });
  await transaction();
  requests.length = 0;
  await sender.send("out", [recordOf("b")]);
  const repeated = requests.filter((name) => name !== "OffsetFetch" && name !== "DescribeTransactions");
  const again = ["InitProducerId", "AddPartitionsToTxn", "AddOffsetsToTxn", "EndTxn", "InitProducerId"];
  expect(repeated.slice(0, 5)).toEqual(again);
  expect(repeated.slice(5)).toEqual(["AddPartitionsToTxn", "AddOffsetsToTxn", "Produce"]);
  // Whoever takes the id over between the two is told by the timeout that it was a commit.
  expect(timeoutsOf(sent)).toEqual([60_000, markedTimeoutMs(firstEpoch + 1), 60_000]);
});

it("D1: where the positions are not those that were committed, the sender can do no more", async () => {
  const { sender } = await senderTo({});
  void sender.send("out", [recordOf("a")]);
  await sender.commit(group, [{ topic: "out", partition: 0, offset: committedOffset + 1 }]);
  await expect(sender.send("out", [recordOf("b")])).rejects.toMatchObject({ code: "kafkaFailed", retriable: true });
});

it("D1: a commit whose answer is lost is asked again until its outcome is known", async () => {
  const { requests, transaction } = await senderTo({
    EndTxn: ["lost", coordinatorNotAvailable, concurrentTransactions],
  });
  await transaction();
  expect(requests.filter((name) => name === "EndTxn")).toHaveLength(4);
});

it.each(["EndTxn", "TxnOffsetCommit"])(
  "D1: after a lost answer (%s) the next transaction has an epoch of its own, so that a late first try cannot meddle with it",
  async (apiName) => {
    const { sent, transaction } = await senderTo({ [apiName]: ["lost"] });
    await transaction();
    await transaction();
    const [, ...renewals] = sent.filter((request) => request.apiName === "InitProducerId");
    // The present epoch stands in the request: a holder who is none any more must not take the id back.
    expect(renewals.map(({ bytes }) => bytes.readInt16BE(16))).toEqual([3, 4]);
    expect(timeoutsOf(sent)).toEqual([60_000, markedTimeoutMs(firstEpoch + 1), 60_000]);
    const [first, second] = sent.filter((request) => request.apiName === "Produce").map(({ bytes }) => bytes);
    const batchAt = 31;
    const epochAndSequence = (bytes: Buffer | undefined) => [
      bytes?.readInt16BE(batchAt + 51),
      bytes?.readInt32BE(batchAt + 53),
    ];
    expect(epochAndSequence(first)).toEqual([3, 0]);
    expect(epochAndSequence(second)).toEqual([5, 0]);
  },
);

it("D1: who is found fenced when it renews its epoch has committed all the same, and can do no more", async () => {
  const { sender, transaction } = await senderTo({ EndTxn: ["lost"], InitProducerId: [0, producerFenced] });
  await transaction();
  await expect(sender.send("out", [recordOf("b")])).rejects.toMatchObject({ code: "kafkaFenced" });
});

it.each([producerFenced, invalidProducerEpoch])(
  "D1: fenced (%i) after a lost answer: the unit is dropped, and the fault says that the outcome is not known",
  async (code) => {
    const { transaction, sender } = await senderTo({ EndTxn: ["lost", code] });
    await expect(transaction()).rejects.toMatchObject({
      code: "kafkaFenced",
      retriable: false,
      message: expect.stringContaining("is not known"),
    });
    await expect(sender.send("out", [recordOf("b")])).rejects.toMatchObject({ code: "kafkaFenced" });
  },
);

it("a commit that is refused at once is known not to have happened", async () => {
  const { transaction } = await senderTo({ EndTxn: [producerFenced] });
  await expect(transaction()).rejects.toMatchObject({
    code: "kafkaFenced",
    message: expect.not.stringContaining("is not known"),
  });
});

it("a transaction that the coordinator gave up meanwhile is lost for certain, and may be done again", async () => {
  const { transaction } = await senderTo({ EndTxn: ["lost", invalidTransactionState] });
  await expect(transaction()).rejects.toMatchObject({
    code: "kafkaFailed",
    retriable: true,
    message: expect.not.stringContaining("is not known"),
  });
});

it.each([
  ["AddPartitionsToTxn", producerFenced],
  ["AddPartitionsToTxn", invalidProducerEpoch],
  ["AddOffsetsToTxn", producerFenced],
  ["Produce", invalidProducerEpoch],
  ["TxnOffsetCommit", invalidProducerEpoch],
  ["TxnOffsetCommit", illegalGeneration],
])("D1: %s refused with %i is kafkaFenced, and the transaction is not committed", async (apiName, code) => {
  const { requests, transaction, sender } = await senderTo({ [apiName]: [code] });
  await expect(transaction()).rejects.toMatchObject({ code: "kafkaFenced", retriable: false });
  await sender.abort();
  expect(requests).not.toContain("EndTxn");
});

it("D1: where the broker has lost the records' sequence the transaction fails; nothing is numbered anew", async () => {
  const { requests, transaction, sender } = await senderTo({ Produce: [outOfOrder] });
  await expect(transaction()).rejects.toMatchObject({ code: "kafkaFailed", retriable: true });
  expect(requests.filter((name) => name === "Produce")).toHaveLength(1);
  await sender.abort();
  expect(requests.filter((name) => name === "EndTxn")).toHaveLength(1);
  expect(requests).not.toContain("InitProducerId");
  await expect(transaction()).rejects.toMatchObject({ retriable: true });
});

it("D1: a commit that waits for its sends can be aborted: the one end comes after them all, and is an abort", async () => {
  const busy = Array.from({ length: 100 }, () => concurrentTransactions);
  const { sender, requests, sent } = await senderTo({ TxnOffsetCommit: busy });
  void sender.send("out", [recordOf("a")]);
  const committing = sender.commit(group, positions);
  const refused = expect(committing).rejects.toMatchObject({ code: "kafkaFailed", retriable: true });
  await expect.poll(() => requests, { interval: 1 }).toContain("TxnOffsetCommit");
  await sender.abort();
  await refused;
  expect(requests.filter((name) => name === "TxnOffsetCommit")).toHaveLength(101);
  expect(requests.filter((name) => name === "EndTxn")).toHaveLength(1);
  expect(requests.at(-1)).toBe("EndTxn");
  expect(sent.findLast(({ apiName }) => apiName === "EndTxn")?.bytes.at(-1)).toBe(0);
});

it("D1: a commit of positions alone that waits for the one before can be aborted too", async () => {
  const unstable = Array.from({ length: 100 }, () => unstableOffsetCommit);
  const { sender, requests, transaction } = await senderTo({ OffsetFetch: unstable });
  await transaction();
  const refused = expect(sender.commit(group, positions)).rejects.toMatchObject({ retriable: true });
  await sender.abort();
  await refused;
  expect(requests.filter((name) => name === "TxnOffsetCommit")).toHaveLength(1);
});

it("D1: who is found not to be the holder any more renews nothing: where another's transaction is open that would abort it", async () => {
  const others = { state: "Ongoing", timeoutMs: 60_000, epochsAgo: -1 };
  const { requests, sender, transaction } = await senderTo({ EndTxn: ["lost"] }, {}, [others]);
  await transaction();
  await expect(sender.send("out", [recordOf("b")])).rejects.toMatchObject({ code: "kafkaFenced" });
  expect(requests).not.toContain("InitProducerId");
});

it("D1: what a late request has opened behind a commit is ended as one before its holder renews its epoch, which would abort it", async () => {
  const own = { state: "Ongoing", timeoutMs: 60_000 };
  const { requests, sent, sender, transaction } = await senderTo({ EndTxn: ["lost"] }, {}, [own]);
  await transaction();
  await sender.send("out", [recordOf("b")]);
  const renewal = requests.slice(0, requests.indexOf("InitProducerId") + 1);
  expect(renewal.slice(-3)).toEqual(["DescribeTransactions", "EndTxn", "InitProducerId"]);
  const ends = sent.filter(({ apiName }) => apiName === "EndTxn").map(({ bytes }) => bytes.at(-1));
  expect(new Set(ends)).toEqual(new Set([1]));
});

it("records whose answer is lost are sent again in the same transaction", async () => {
  const { requests, transaction } = await senderTo({ Produce: ["lost", "lost"] });
  await transaction();
  expect(requests.filter((name) => name === "Produce")).toHaveLength(3);
  expect(requests.filter((name) => name === "AddPartitionsToTxn")).toHaveLength(1);
});

it("markers that are still being written are waited for", async () => {
  const busy = [concurrentTransactions, concurrentTransactions];
  const { requests, transaction } = await senderTo({ AddPartitionsToTxn: busy });
  await transaction();
  expect(requests.filter((name) => name === "AddPartitionsToTxn")).toHaveLength(3);
});

it("records are refused while a transaction is being ended, and after the sender is closed", async () => {
  const { sender, transaction } = await senderTo({});
  const committing = transaction();
  await expect(sender.send("out", [recordOf("b")])).rejects.toThrow(RangeError);
  await committing;
  await sender.close();
  await expect(sender.send("out", [recordOf("b")])).rejects.toMatchObject({ code: "kafkaFailed" });
  await expect(sender.commit(group, positions)).rejects.toMatchObject({ code: "kafkaFailed" });
});
