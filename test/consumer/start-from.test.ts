import { expect, it } from "vitest";
import { startPositionsFor } from "../../consumer/start-from.ts";
import type { AssignedPartition, Kafka } from "../../runtime/kafka/types.ts";

const fresh: AssignedPartition = { topic: "t", partition: 0, beginOffset: 0, committedOffset: null };
const committed: AssignedPartition = { ...fresh, partition: 1, committedOffset: 7 };
const held: AssignedPartition = { ...fresh, partition: 2, heldPosition: 9 };
const at = (partition: number, offset: number) => ({ topic: "t", partition, offset });

/** Knows for each partition of any topic that its time stands at offset 40. */
function kafkaOf() {
  const asked: [string, number][] = [];
  const offsetsAt = async (topic: string, timeMs: number) => {
    asked.push([topic, timeMs]);
    return [at(0, 40), at(1, 40), at(2, 40)];
  };
  const kafka = { admin: async () => ({ offsetsAt, close: async () => {} }) } as unknown as Kafka;
  return { kafka, asked };
}

it("what the group has committed, and what this reader itself has reached, goes before a stored position", async () => {
  const { kafka } = kafkaOf();
  const stored = [at(0, 3), at(1, 3), at(2, 3)];
  expect(await startPositionsFor(kafka, stored, [fresh, committed, held])).toEqual([at(0, 3)]);
});

it("and before a time, which is asked for once for each topic, and not at all where nothing is new", async () => {
  const { kafka, asked } = kafkaOf();
  const time = new Date(1000);
  expect(await startPositionsFor(kafka, time, [fresh, { ...fresh, partition: 2 }, committed])).toEqual([
    at(0, 40),
    at(2, 40),
  ]);
  expect(asked).toEqual([["t", 1000]]);
  expect(await startPositionsFor(kafka, time, [committed, held])).toEqual([]);
  expect(asked).toHaveLength(1);
});

it("beginning and latest are the group reader's own to settle", async () => {
  const { kafka, asked } = kafkaOf();
  expect(await startPositionsFor(kafka, "beginning", [fresh])).toEqual([]);
  expect(await startPositionsFor(kafka, "latest", [fresh])).toEqual([]);
  expect(asked).toEqual([]);
});
