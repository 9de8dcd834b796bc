import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { firstEnd } from "../../cli/up/first-end.ts";

const never = new Promise<never>(() => {});

/** A watch that asks again and again, and says when it has ended. */
function watch() {
  const ended = Promise.withResolvers<string>();
  const end = async (signal: AbortSignal) => {
    try {
      for (;;) await delay(1, undefined, { signal });
    } catch (error) {
      ended.resolve("the watch is over");
      throw error;
    }
  };
  return { end, ended: ended.promise };
}

it("a failure ends the watch for the recording's end, which would keep the process alive", async () => {
  const { end, ended } = watch();
  const failure = Promise.reject(new Error("the producer has ended"));
  await expect(firstEnd({ stopped: never, failures: [failure as Promise<never>], end })).rejects.toThrow("producer");
  expect(await ended).toBe("the watch is over");
});

it("so does being told to stop", async () => {
  const { end, ended } = watch();
  await firstEnd({ stopped: Promise.resolve(), failures: [never], end });
  expect(await ended).toBe("the watch is over");
});

it("the run's own end is an end, and without one there is only the others'", async () => {
  await firstEnd({ stopped: never, failures: [never], end: async () => {} });
  await firstEnd({ stopped: Promise.resolve(), failures: [], end: null });
});
