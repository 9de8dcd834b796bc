import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seededRandom } from "../../local/simulator/random.ts";
import { DistributorBench, own } from "../distributor/distributor-under-test.ts";

let bench: DistributorBench;

beforeAll(async () => {
  bench = await DistributorBench.start();
  await bench.provision();
});
afterAll(async () => {
  await bench.stop();
});

it("D1: kills, sleeps past the session, and ends in good order of two distributors under load: every product stays exact", async () => {
  const random = seededRandom(5);
  let [one, two] = [bench.distribute(), bench.distribute()];
  let isEnough = false;
  const publishing = (async () => {
    while (!isEnough) {
      await bench.publish(20);
      await setTimeout(30);
    }
  })();
  for (let fault = 0; fault < 20; fault++) {
    await setTimeout(1000 + random() * 1500);
    const kind = random();
    if (kind < 0.4) {
      one.child.kill("SIGKILL");
      one = bench.distribute();
    } else if (kind < 0.7) {
      two.child.kill("SIGSTOP");
      await setTimeout(2500);
      two.child.kill("SIGCONT");
    } else {
      two.child.kill("SIGTERM");
      await two.ended;
      two = bench.distribute();
    }
  }
  isEnough = true;
  await publishing;
  for (const product of own) await bench.expectExactly(product);
  for (const { child } of [one, two]) child.kill("SIGTERM");
  expect(await Promise.all([one.ended, two.ended])).toMatchObject([{ code: 0 }, { code: 0 }]);
});
