import { TransactionalProducer } from "../../../runtime/kafka/transactional-sender.ts";
import type { TransactionalSenderOptions } from "../../../runtime/kafka/types.ts";
import {
  committedOffset,
  type FakeAnswer,
  type FakeDescription,
  fakeTransactionBroker,
} from "./fake-transaction-broker.ts";
import { recordOf } from "./kafka-under-test.ts";

export const group = { groupId: "group", memberId: "member", generationId: 5 };
export const positions = [{ topic: "out", partition: 0, offset: committedOffset }];

/** A sender whose requests are answered by script, once it is open. */
export async function senderTo(
  script: Readonly<Record<string, readonly FakeAnswer[]>>,
  options: TransactionalSenderOptions = {},
  described: readonly FakeDescription[] = [],
) {
  const { requests, sent, link } = fakeTransactionBroker(script, described);
  const sender = new TransactionalProducer(link, "id", options);
  await sender.open();
  requests.length = 0;
  const transaction = async () => {
    void sender.send("out", [recordOf("a")]);
    await sender.commit(group, positions);
  };
  return { sender, requests, sent, transaction };
}
