import { setTimeout as sleep } from "node:timers/promises";
import { PipelineError } from "../../domain/errors.ts";
import { createKafka } from "../../runtime/kafka/kafka.ts";
import type { TransactionalSender } from "../../runtime/kafka/types.ts";

/** What the process is told, as JSON in its first argument. */
export interface CountingOptions {
  readonly brokers: readonly string[];
  readonly ca: string;
  readonly user: { readonly username: string; readonly password: string };
  readonly topic: string;
  /** How many transactional ids; each has `partitionsEach` partitions of the topic and a group of its own. */
  readonly ids: number;
  readonly partitionsEach: number;
}

/** How many numbers a transaction adds to each partition. */
const step = 3;

// Counts on from the committed position under each id, in transactions of which every fifth is aborted; says the least count whenever it has moved. SIGTERM ends it.
const options: CountingOptions = JSON.parse(process.argv[2] ?? "{}");
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const { brokers, ca, user, topic, ids, partitionsEach } = options;
const kafka = createKafka({ brokers: [...brokers], clientId: "counting", tls: { ca }, sasl: user }, quiet);
const admin = await kafka.admin();
const counts = new Map<number, number>();
const ending = new AbortController();
process.once("SIGTERM", () => ending.abort());

async function take(id: number): Promise<{ sender: TransactionalSender; position: number }> {
  const targets = Array.from({ length: partitionsEach }, (_, at) => ({ topic, partition: id * partitionsEach + at }));
  const sources = targets.slice(0, 1);
  const groupId = `counting-${id}`;
  const sender = await kafka.transactionalSender(`counting-${id}`, { scope: { groupId, sources, targets } });
  const partitions = sources.map(({ partition }) => partition);
  const [at] = await admin.committedOffsets(groupId, topic, { requireStable: true, partitions });
  return { sender, position: at?.offset ?? 0 };
}

async function count(id: number): Promise<void> {
  const first = id * partitionsEach;
  let isOdd = false;
  while (!ending.signal.aborted) {
    let sender: TransactionalSender | null = null;
    try {
      const taken = await take(id);
      sender = taken.sender;
      for (let { position } = taken; !ending.signal.aborted; ) {
        const numbers = Array.from({ length: step }, (_, at) => String(position + at));
        for (let partition = first; partition < first + partitionsEach; partition++) {
          const records = numbers.map((value) => ({ partition, key: null, value, headers: {} }));
          void sender.send(topic, records);
        }
        isOdd = !isOdd;
        if (isOdd && position % 5 === 0) {
          await sender.abort();
          break;
        }
        const group = { groupId: `counting-${id}`, memberId: "", generationId: -1 };
        await sender.commit(group, [{ topic, partition: first, offset: position + step }]);
        position += step;
        counts.set(id, position);
        if (counts.size === ids) process.stdout.write(`${Math.min(...counts.values())}\n`);
      }
    } catch (error) {
      if (!(error instanceof PipelineError && error.retriable)) throw error;
      process.stdout.write(`id ${id}: ${error.message}\n`);
      await sleep(20);
    } finally {
      await sender?.abort().catch(() => undefined);
      await sender?.close();
    }
  }
}

await Promise.all(Array.from({ length: ids }, (_, id) => count(id)));
await admin.close();
