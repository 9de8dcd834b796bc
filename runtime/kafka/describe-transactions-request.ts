import type Cluster from "kafkajs/src/cluster/index.js";
import { ByteWriter } from "./byte-writer.ts";
import type { DescribedTransaction } from "./takeover-step.ts";
import { faultType } from "./transaction-faults.ts";
import { send } from "./transaction-requests.ts";

const describeKey = 65;
/** Kafka 3.0 and later (KIP-664). */
const version = 0;

/** What a coordinator knows of a transactional id; null where it has never been used, or was forgotten. @throws Kafka's error */
export async function describeTransaction(
  coordinator: Cluster.Broker,
  transactionalId: string,
): Promise<DescribedTransaction | null> {
  const writer = new ByteWriter().noTags().unsignedVarint(2).compactString(transactionalId).noTags();
  const request = { apiKey: describeKey, apiName: "DescribeTransactions", version, writer };
  try {
    const [described] = await send(coordinator, request, (reader) =>
      reader.compactArray(() => {
        const errorCode = reader.int16();
        reader.compactString(); // The id.
        const state = reader.compactString();
        const timeoutMs = reader.int32();
        reader.skip(8); // Since when it is open.
        const producerId = reader.bigInt64();
        // Which partitions an open one has is of no use: of one that has ended none are told.
        return { errorCode, transactionalId, state, timeoutMs, producerId, producerEpoch: reader.int16() };
      }),
    );
    return described ?? null;
  } catch (error) {
    if (faultType(error) === "TRANSACTIONAL_ID_NOT_FOUND") return null;
    throw error;
  }
}
