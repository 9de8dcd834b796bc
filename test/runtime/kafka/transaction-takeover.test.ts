import { expect, it } from "vitest";
import { markedTimeoutMs, plainTimeoutMs, takeoverStep } from "../../../runtime/kafka/takeover-step.ts";
import { TransactionalProducer } from "../../../runtime/kafka/transactional-sender.ts";
import { type FakeAnswer, type FakeDescription, fakeTransactionBroker, firstEpoch } from "./fake-transaction-broker.ts";

const concurrentTransactions = 51;
const invalidTransactionState = 48;
const unstableOffsetCommit = 88;
const producerFenced = 90;
const topicAuthorizationFailed = 29;

const scope = {
  groupId: "group",
  sources: [{ topic: "in", partition: 0 }],
  targets: [{ topic: "out", partition: 0 }],
};
const plain = 60_000;
const marked = "marked" as const;
const commitAgain = ["AddPartitionsToTxn", "AddOffsetsToTxn", "EndTxn"];
const abortAgain = ["AddPartitionsToTxn", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn"];

/** Takes the id over; what was done, and with which timeouts and outcomes. */
async function takenOver(
  described: readonly FakeDescription[],
  script: Readonly<Record<string, readonly FakeAnswer[]>> = {},
) {
  const { requests, sent, link } = fakeTransactionBroker(script, described);
  await new TransactionalProducer(link, "id", { scope }).open();
  const of = (apiName: string) => sent.filter((request) => request.apiName === apiName).map(({ bytes }) => bytes);
  return {
    requests: requests.filter((name) => name !== "OffsetFetch" && name !== "DescribeTransactions"),
    // Each request of it makes an epoch.
    timeouts: of("InitProducerId").map((bytes, at) => {
      const timeoutMs = bytes.readInt32BE(4);
      return timeoutMs === markedTimeoutMs(firstEpoch + at) ? marked : timeoutMs;
    }),
    commits: of("EndTxn").map((bytes) => bytes.at(-1) === 1),
  };
}

it("an id that nobody has had is initialised, and no more", async () => {
  expect(await takenOver([])).toMatchObject({ requests: ["InitProducerId"], timeouts: [plain] });
});

it.each<readonly [string, number | "marked"]>([
  ["CompleteAbort", plain],
  ["CompleteAbort", marked],
  ["Empty", plain],
])("D1: after %s (%s ms) the abort is written again to all that the id may have touched", async (state, timeoutMs) => {
  const { requests, timeouts, commits } = await takenOver([{ state, timeoutMs }]);
  expect(requests).toEqual(["InitProducerId", ...abortAgain]);
  expect([timeouts, commits]).toEqual([[plain], [false]]);
});

it.each<readonly [string, number | "marked"]>([
  ["CompleteCommit", plain],
  ["CompleteCommit", marked],
  ["Empty", marked],
])("D1: after %s (%s ms) the commit is written again, and forgotten only once it is seen", async (state, timeoutMs) => {
  const { requests, timeouts, commits } = await takenOver([{ state, timeoutMs }]);
  expect(requests).toEqual(["InitProducerId", ...commitAgain, "InitProducerId"]);
  expect([timeouts, commits]).toEqual([[marked, plain], [true]]);
});

it("D1: a transaction that is open is aborted by initialising, and then ended again as it was decided", async () => {
  const states = [
    { state: "Ongoing", timeoutMs: plain },
    { state: "PrepareAbort", timeoutMs: plain },
    { state: "CompleteAbort", timeoutMs: plain },
  ];
  const { requests, commits } = await takenOver(states, { InitProducerId: [concurrentTransactions] });
  expect(requests).toEqual(["InitProducerId", "InitProducerId", ...abortAgain]);
  expect(commits).toEqual([false]);
});

it("D1: a holder that commits just before it is fenced has committed: its end is written again as a commit", async () => {
  const states = [
    { state: "Ongoing", timeoutMs: plain },
    { state: "CompleteCommit", timeoutMs: plain },
  ];
  const { commits, timeouts } = await takenOver(states, { InitProducerId: [concurrentTransactions] });
  expect([timeouts, commits]).toEqual([[plain, marked, plain], [true]]);
});

it.each([[0], [invalidTransactionState]])(
  "D1: the second end of a commit that is found open is committed, whoever began it (answer %i)",
  async (answer) => {
    const states = [
      { state: "Ongoing", timeoutMs: marked },
      { state: "CompleteCommit", timeoutMs: marked },
    ];
    const { requests, commits } = await takenOver(states, { EndTxn: [answer] });
    // Who began it may have told of a part only.
    expect(requests).toEqual([...commitAgain, "InitProducerId", ...commitAgain, "InitProducerId"]);
    expect(commits).toEqual([true, true]);
  },
);

it.each([
  ["AddPartitionsToTxn", producerFenced],
  ["AddOffsetsToTxn", producerFenced],
])("D1: where another is quicker with it (%s), the id is looked at again", async (apiName, answer) => {
  const states = [
    { state: "Ongoing", timeoutMs: marked },
    { state: "CompleteCommit", timeoutMs: marked },
  ];
  const { commits } = await takenOver(states, { [apiName]: [answer] });
  expect(commits).toEqual([true]);
});

it("D1: where the end cannot be seen, or a connection broke meanwhile, it is looked at again and ended again", async () => {
  const states = [
    { state: "CompleteCommit", timeoutMs: plain },
    { state: "CompleteCommit", timeoutMs: marked },
  ];
  const twice = ["InitProducerId", ...commitAgain, "InitProducerId", ...commitAgain, "InitProducerId"];
  const unstable = Array.from({ length: 2000 }, () => unstableOffsetCommit);
  const hung = await takenOver(states, { OffsetFetch: unstable, EndTxn: [0, "stabilise"] });
  expect(hung.requests).toEqual(twice);
  expect(hung.timeouts).toEqual([marked, marked, plain]);
  const broken = await takenOver(states, { AddOffsetsToTxn: ["lost"] });
  expect(broken.timeouts).toEqual([marked, marked, plain]);
});

it("D1: a commit that was found before others took the id is theirs to see to: what hangs then is aborted, by the next to look too", async () => {
  const found = { state: "CompleteCommit", timeoutMs: plain, epochsAgo: 1 };
  // As the mark was written for the epoch that was found.
  const overwritten = { state: "Empty", timeoutMs: markedTimeoutMs(firstEpoch - 1) };
  const { requests, timeouts, commits } = await takenOver([found, overwritten]);
  expect(requests).toEqual(["InitProducerId", "InitProducerId", ...abortAgain]);
  expect([timeouts, commits]).toEqual([[markedTimeoutMs(firstEpoch - 1), plain], [false]]);
});

it("a right that is missing on what the id is to write to is a clear error", async () => {
  const script = { AddPartitionsToTxn: [topicAuthorizationFailed] };
  await expect(takenOver([{ state: "CompleteAbort", timeoutMs: plain }], script)).rejects.toMatchObject({
    code: "kafkaAuthorization",
    message: expect.stringContaining("the topic out"),
  });
});

it("markers that are being written are waited for, and no state that is not known is taken for an end", () => {
  for (const state of ["PrepareCommit", "PrepareAbort", "PrepareEpochFence", "Dead", "something new"]) {
    const known = { transactionalId: "id", producerId: 7n, producerEpoch: 2, timeoutMs: plain, state };
    expect(takeoverStep(known)).toEqual({ type: "wait" });
  }
});

it("no setting of the timeout is taken for the mark of a commit", () => {
  expect([1000, 30_001, 898_999, 899_000, 899_999, 900_000].map(plainTimeoutMs)).toEqual([
    1000, 30_001, 898_999, 898_999, 898_999, 900_000,
  ]);
  const epochs = [-1, 0, 1, 999, 1000, 32_767];
  for (const mark of epochs.map(markedTimeoutMs)) expect(plainTimeoutMs(mark)).not.toBe(mark);
  expect(markedTimeoutMs(7)).not.toBe(markedTimeoutMs(8));
});
