import { describe, expect, it } from "vitest";
import { PipelineError } from "../../../domain/errors.ts";
import type { Feed } from "../../../local/alpaca/feed.ts";
import { endOfRecording, feedOf, quoteLines, withStandIn } from "./stand-in-under-test.ts";
import { StreamClient } from "./stream-client.ts";

describe("a feed of the stand-in", () => {
  it("at full speed waits for a slow client, with bounded buffers, and loses nothing", () => {
    const lines = quoteLines(60_000);
    let given = 0;
    const base = feedOf(lines);
    const feed: Feed = {
      ...base,
      async *messages() {
        for await (const batch of base.messages()) {
          given += batch.length;
          yield batch;
        }
      },
    };
    return withStandIn({ feed }, async ({ streamUrl }) => {
      const client = new StreamClient(streamUrl);
      await client.signIn();
      client.pause();
      client.send({ action: "subscribe", quotes: ["AAA"] });
      // It stands still once the buffers are full: the same count, seen twice.
      let before = -1;
      const standsStill = () => {
        const same = given > 0 && given === before;
        before = given;
        return same;
      };
      await expect.poll(standsStill, { interval: 200, timeout: 20_000 }).toBe(true);
      expect(given).toBeLessThan(lines.length);
      client.resume();
      await client.until(() => client.close !== null);
      expect(client.data).toHaveLength(lines.length);
      expect(client.close).toEqual(endOfRecording);
    });
  });

  it("at full speed waits while nobody is connected, and goes on with who comes next", () =>
    withStandIn({ feed: feedOf(quoteLines(60_000), 100) }, async (standIn) => {
      const first = new StreamClient(standIn.streamUrl);
      await first.signIn();
      await first.subscribe({ quotes: ["AAA"] });
      await first.until(() => first.data.length > 0);
      standIn.faults.dropConnections();
      await first.until(() => first.close !== null);
      expect(first.close?.code).toBe(1006);
      const { sent } = standIn.stats();
      const second = new StreamClient(standIn.streamUrl);
      await second.signIn();
      await second.subscribe({ quotes: ["AAA"] });
      await second.until(() => second.close !== null);
      expect(second.data).toHaveLength(60_000 - sent);
    }));

  it("plays a recording in its own time, so many times as fast", () =>
    withStandIn({ feed: feedOf(quoteLines(4)), speed: 10 }, async ({ streamUrl }) => {
      const client = new StreamClient(streamUrl);
      await client.signIn();
      const startMs = performance.now();
      await client.subscribe({ quotes: ["AAA"] });
      await client.until(() => client.close !== null);
      // Three seconds of recording: no sooner than three tenths; how much later is the machine's affair.
      expect(performance.now() - startMs).toBeGreaterThan(290);
      expect(client.data).toHaveLength(4);
    }));

  it("lets a client that comes after the end stay connected, with nothing sent", () =>
    withStandIn({ feed: feedOf(quoteLines(3)) }, async (standIn) => {
      const first = new StreamClient(standIn.streamUrl);
      await first.signIn();
      await first.subscribe({ quotes: ["AAA"] });
      await standIn.finished;
      await first.until(() => first.close !== null);
      const late = new StreamClient(standIn.streamUrl);
      await late.signIn();
      await late.subscribe({ quotes: ["AAA"] });
      late.ping();
      await late.until(() => late.pongs === 1);
      expect([late.data, late.close]).toEqual([[], null]);
    }));

  it("that cannot be read on ends with an error, never with the end of the recording", () => {
    const broken: Feed = {
      ...feedOf([]),
      async *messages() {
        yield* feedOf(quoteLines(5)).messages();
        throw new PipelineError("recordingUnreadable", "The file is truncated.");
      },
    };
    return withStandIn({ feed: broken }, async (standIn) => {
      const client = new StreamClient(standIn.streamUrl);
      await client.signIn();
      await client.subscribe({ quotes: ["AAA"] });
      await client.until(() => client.close !== null);
      expect(client.data).toHaveLength(5);
      expect(client.close?.code).toBe(1011);
      await expect(standIn.finished).rejects.toMatchObject({ code: "recordingUnreadable" });
      expect(standIn.stats().ended).toBe(false);
    });
  });

  it("can be muted: the socket stays open and answers pings, and nothing comes", () =>
    withStandIn({ feed: feedOf(quoteLines(60_000), 100) }, async (standIn) => {
      const client = new StreamClient(standIn.streamUrl);
      await client.signIn();
      await client.subscribe({ quotes: ["AAA"] });
      await client.until(() => client.data.length > 0);
      standIn.faults.mute();
      const { sent } = standIn.stats();
      for (let pings = 1; pings <= 20; pings += 1) {
        client.ping();
        await client.until(() => client.pongs === pings);
      }
      expect(standIn.stats().sent).toBe(sent);
      expect(client.close).toBeNull();
    }));

  it("sends a slow client away with 407 where it is told to", () => {
    // Two minutes of recorded time at a speed that makes all of it due at once.
    const feed = feedOf(quoteLines(60_000));
    return withStandIn({ feed, speed: 1e9, dropSlowClients: true }, async (standIn) => {
      const client = new StreamClient(standIn.streamUrl);
      await client.signIn();
      client.pause();
      client.send({ action: "subscribe", quotes: ["AAA"] });
      await standIn.finished;
      client.resume();
      await client.until(() => client.close !== null);
      expect(client.control.at(-1)).toEqual({ T: "error", code: 407, msg: "slow client" });
    });
  });
});
