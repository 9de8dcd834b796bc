import type { Log } from "../log/log.ts";
import { Admin } from "./admin.ts";
import { ClusterLink } from "./cluster-link.ts";
import { GroupMember } from "./group-member.ts";
import { readPartition } from "./partition-reader.ts";
import { SharedLink } from "./shared-link.ts";
import type { Kafka, KafkaConnection } from "./types.ts";

/**
 * The door to a Kafka cluster. Each sender, reader and admin has connections of its own, and is connected when it is
 * handed out; the reads without a group share one. What only senders need is loaded with the first of them: a customer's program reads alone, and
 * is a fifth smaller without it.
 * @throws PipelineError (from the methods) `kafkaUnreachable`, `kafkaAuthentication`, `kafkaAuthorization` where that fails
 */
export function createKafka(connection: KafkaConnection, log: Log): Kafka {
  const reads = new SharedLink(() => new ClusterLink(connection, log));
  return {
    async sender() {
      const { Sender } = await import("./sender.ts");
      const sender = new Sender(new ClusterLink(connection, log));
      return opened(sender, () => sender.open());
    },
    async transactionalSender(transactionalId, options = {}) {
      const { TransactionalProducer } = await import("./transactional-sender.ts");
      options.signal?.throwIfAborted();
      const sender = new TransactionalProducer(new ClusterLink(connection, log), transactionalId, options);
      const cut = () => void sender.close();
      options.signal?.addEventListener("abort", cut, { once: true });
      return opened(sender, () => sender.open()).finally(() => options.signal?.removeEventListener("abort", cut));
    },
    readPartition: (options) => readPartition(reads, options),
    async reader(options) {
      const member = new GroupMember(new ClusterLink(connection, log), options, log);
      return opened(member, () => member.open());
    },
    async admin() {
      return new Admin(new ClusterLink(connection, log));
    },
  };
}

async function opened<T extends { close(): Promise<void> }>(thing: T, open: () => Promise<void>): Promise<T> {
  try {
    await open();
    return thing;
  } catch (error) {
    await thing.close();
    throw error;
  }
}
