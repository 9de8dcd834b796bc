import { expect, it } from "vitest";
import {
  deal,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from "../../../runtime/kafka/group-protocol.ts";

const partitions = new Map([
  ["enriched", [0, 1, 2, 3, 4]],
  ["candles", [0, 1, 2, 3, 4]],
]);

it("every partition goes to exactly one member, and one number of several topics to the same", () => {
  const topics = ["enriched", "candles"];
  const dealt = deal(
    new Map([
      ["b", topics],
      ["a", topics],
      ["c", topics],
    ]),
    partitions,
  );
  const all = [...dealt.values()].flat().map(({ topic, partition }) => `${topic}/${partition}`);
  expect(new Set(all).size).toBe(10);
  expect(all).toHaveLength(10);
  for (const share of dealt.values()) {
    const numbers = (name: string) => share.filter(({ topic }) => topic === name).map(({ partition }) => partition);
    expect(numbers("enriched")).toEqual(numbers("candles"));
  }
});

it("a member gets nothing of a topic that it does not read", () => {
  const dealt = deal(
    new Map([
      ["a", ["enriched"]],
      ["b", ["enriched", "candles"]],
    ]),
    partitions,
  );
  expect(dealt.get("a")?.every(({ topic }) => topic === "enriched")).toBe(true);
  expect(dealt.get("b")?.filter(({ topic }) => topic === "candles")).toHaveLength(5);
});

it("subscriptions and assignments come back as they were encoded", () => {
  const userData = Buffer.from([1, 2, 3]);
  expect(decodeSubscription(encodeSubscription(["a", "bé"], userData))).toEqual({ topics: ["a", "bé"], userData });
  expect(decodeSubscription(encodeSubscription(["a"]))).toEqual({ topics: ["a"], userData: Buffer.alloc(0) });
  const assigned = [
    { topic: "a", partition: 3 },
    { topic: "a", partition: 1 },
    { topic: "b", partition: 0 },
  ];
  expect(decodeAssignment(encodeAssignment(assigned))).toEqual(assigned);
  expect(decodeAssignment(Buffer.alloc(0))).toEqual([]);
});
