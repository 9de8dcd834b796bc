import { expect, it } from "vitest";
import { BatchChannel } from "../../consumer/batch-channel.ts";

it("a put is done when the next thing is asked for, not before", async () => {
  const channel = new BatchChannel<number>();
  const done: number[] = [];
  const puts = [1, 2].map((item) => channel.put(item).then(() => done.push(item)));
  expect(await channel.take()).toBe(1);
  await Promise.resolve();
  expect(done).toEqual([]);
  expect(await channel.take()).toBe(2);
  await puts[0];
  expect(done).toEqual([1]);
  channel.close();
  await puts[1];
  expect(await channel.take()).toBeNull();
});

it("closing releases all who wait, and what is put later", async () => {
  const channel = new BatchChannel<number>();
  const taking = channel.take();
  channel.close();
  expect(await taking).toBeNull();
  await channel.put(1);
  expect(await channel.take()).toBeNull();
});

it("a fault is thrown to who takes", async () => {
  const channel = new BatchChannel<number>();
  const taking = channel.take();
  channel.close(new Error("lost"));
  await expect(taking).rejects.toThrow("lost");
});
