import { expect, it } from "vitest";
import type { Settled } from "../../indexer/bulk-answer.ts";
import { BulkLoad } from "../../indexer/bulk-load.ts";
import { BulkSender } from "../../indexer/bulk-sender.ts";
import { IndexDocument } from "../../indexer/document.ts";
import { faultOf } from "../../runtime/opensearch/fault.ts";
import { incoming } from "./records.ts";

const hourMs = 3_600_000;
const limits = { requestsInFlightMax: 4, documentsMax: 10 };
const created = { status: 201, errorType: null, errorReason: "" };

/** Ten documents in a load, known by their numbers. */
function loadOf(first: number): BulkLoad<number> {
  const load = new BulkLoad<number>({ documentsMax: 10, bytesMax: 10_000, keptBytesMax: 0 });
  for (let n = first; n < first + 10; n++) {
    const document = new IndexDocument("quote", "market-quotes-2018.01.03", `id-${n}`, 1, Buffer.from("{}"), "");
    load.add(document, incoming("{}"), n);
  }
  return load;
}

it("D5: an hour without OpenSearch is waited for, by few attempts of one request at a time; then all is stored, once each", async () => {
  let nowMs = 0;
  let attempts = 0;
  let atOnce = 0;
  let atOnceMaxLater = 0;
  const stored: number[] = [];
  const bodies = new Set<string>();
  const sender = new BulkSender<number>(
    {
      limits,
      backoff: { firstMs: 100, maxMs: 10_000 },
      random: () => 0.5,
      nowMs: () => nowMs,
      // Each wait takes its time on the clock alone.
      sleep: async (ms) => {
        nowMs += ms / limits.requestsInFlightMax;
      },
      async send(body) {
        attempts += 1;
        atOnce += 1;
        if (attempts > 10) atOnceMaxLater = Math.max(atOnceMaxLater, atOnce);
        await Promise.resolve();
        atOnce -= 1;
        if (nowMs < hourMs) throw faultOf(new Error("connect ECONNREFUSED"), "http://127.0.0.1:9200", null);
        bodies.add(body.toString());
        return Array.from({ length: body.toString().split("\n").length >> 1 }, () => created);
      },
      async onSettled(load: BulkLoad<number>, settled: Settled) {
        stored.push(...settled.stored.map((place) => load.ticketAt(place)));
      },
      onRetry: () => {},
    },
    new AbortController().signal,
  );
  const loads = [0, 10, 20, 30].map(loadOf);
  const whole = loads.map((load) => load.body(load.places()).toString());
  await Promise.all(loads.map((load) => sender.sendAll(load)));
  expect(nowMs).toBeGreaterThanOrEqual(hourMs);
  expect(attempts).toBeGreaterThan(hourMs / 10_000);
  expect(attempts).toBeLessThan((6 * limits.requestsInFlightMax * hourMs) / 10_000);
  expect(atOnceMaxLater).toBe(1);
  expect(stored.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
  // What waited is sent as it was.
  expect(bodies).toEqual(new Set(whole));
});
