import { expect, it } from "vitest";
import { PipelineError } from "../../../domain/errors.ts";
import { unitFaultOf } from "../../../enricher/unit/unit-faults.ts";
import { UnitLog } from "../../../enricher/unit/unit-log.ts";
import type { KafkaAdmin } from "../../../runtime/kafka/admin-types.ts";
import type { Kafka } from "../../../runtime/kafka/types.ts";

const refusal = new PipelineError("kafkaTopic", "raw/0 does not hold the offset 40.");

/** A raw log that is kept from `begin` on by the time it is read, and refuses to be. */
function logKeptFrom(begin: number): UnitLog {
  // biome-ignore lint/correctness/useYield: it never comes to that.
  const readPartition: Kafka["readPartition"] = async function* () {
    throw refusal;
  };
  const beginOffsets = async (topic: string) => [{ topic, partition: 0, offset: begin }];
  const admin = { beginOffsets } as Partial<KafkaAdmin> as KafkaAdmin;
  return new UnitLog({ kafka: { readPartition }, admin, groupId: "g", rawTopic: "raw", stateTopic: "state" });
}

it.each([
  [40, "fatal"],
  [41, "unknown"],
])(
  "D2: a read from 40 that is refused where the log is kept from %s on is %s: what was let go of meanwhile is asked for anew",
  async (begin, fault) => {
    const error = await logKeptFrom(begin)
      .rawChunk(0, 40, 90)
      .catch((refused: unknown) => refused);
    expect(unitFaultOf(error)).toBe(fault);
  },
);
