import { text } from "node:stream/consumers";
import { createKafka } from "../../../runtime/kafka/kafka.ts";

// A holder of a transactional id that is killed with its transaction open: a process of its own. No test waits for its timeout.
const { brokers, ca, user, topic, transactionalId } = JSON.parse(await text(process.stdin));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const sender = await createKafka({ brokers, clientId: "holder", tls: { ca }, sasl: user }, quiet).transactionalSender(
  transactionalId,
  { transactionTimeoutMs: 600_000 },
);
await sender.send(topic, [{ partition: 0, key: null, value: "of the killed", headers: {} }]);
process.stdout.write("open\n");
setInterval(() => undefined, 1000);
