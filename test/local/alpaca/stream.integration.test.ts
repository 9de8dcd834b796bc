import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { StandIn } from "../../../local/alpaca/stand-in-options.ts";
import { endOfRecording, feedOf, quoteLines, withStandIn } from "./stand-in-under-test.ts";
import { StreamClient } from "./stream-client.ts";

describe("a stream of the stand-in", () => {
  it.each(["json", "msgpack"] as const)(
    "speaks Alpaca's protocol from hello to the end of a recording, in %s",
    (format) =>
      withStandIn({ feed: feedOf(quoteLines(1200)) }, async (standIn) => {
        const client = new StreamClient(standIn.streamUrl, format);
        await client.signIn();
        client.send({ action: "subscribe", quotes: ["AAA"] });
        await client.until(() => client.close !== null);

        expect(client.frames.slice(0, 3)).toMatchObject([
          [{ T: "success", msg: "connected" }],
          [{ T: "success", msg: "authenticated" }],
          [{ T: "subscription", quotes: ["AAA"], trades: [], corrections: [] }],
        ]);
        expect(client.data).toHaveLength(1200);
        expect(client.data[7]).toMatchObject({ T: "q", S: "AAA", bs: 7, ap: 100.01, c: ["R"] });
        expect(client.frames.length).toBeLessThan(20);
        expect(client.close).toEqual(endOfRecording);
        await standIn.finished;
        expect(standIn.stats()).toMatchObject({ sent: 1200, ended: true });
      }),
  );

  it("sends JSON lines to the byte, so that no digit is lost", async () => {
    const line = '{"T":"t","S":"AAA","i":9007199254740993,"p":100.10,"new":[1e2],"t":"2024-11-29T14:30:00.123456789Z"}';
    await withStandIn({ feed: feedOf([line]) }, async ({ streamUrl }) => {
      const raw: string[] = [];
      const client = new StreamClient(streamUrl);
      client.onText = (text) => raw.push(text);
      await client.signIn();
      client.send({ action: "subscribe", trades: ["AAA"] });
      await client.until(() => client.close !== null);
      expect(raw.at(-1)).toBe(`[${line}]`);
    });
  });

  it("gives each client only what it subscribed to, and adds to it later", () =>
    withStandIn(
      { feed: feedOf([...quoteLines(300, "AAA"), ...quoteLines(300, "BBB")]), connectionLimit: 2 },
      async ({ streamUrl }) => {
        const one = new StreamClient(streamUrl);
        const other = new StreamClient(streamUrl, "msgpack");
        await Promise.all([one.signIn(), other.signIn()]);
        // The feed starts at the first data subscription: until then the other has nothing either.
        other.send({ action: "subscribe", bars: ["AAA"], quotes: ["BBB"] });
        one.send({ action: "subscribe", quotes: ["AAA", "BBB"] });
        await Promise.all([one.until(() => one.close !== null), other.until(() => other.close !== null)]);
        expect(other.data).toHaveLength(300);
        expect(new Set(other.data.map((message) => (message as { S: string }).S))).toEqual(new Set(["BBB"]));
      },
    ));

  it("delivers every line in some form, whatever a recording holds", async () => {
    const deep = `${"[".repeat(150)}${"]".repeat(150)}`;
    const lines = ["not JSON", "42", "null", '"text"', "[1,2]", '{"T":"zz","S":"AAA"}', '{"t":5}', "", deep];
    const expected = ["not JSON", 42, null, "text", [1, 2], { T: "zz", S: "AAA" }, { t: 5 }, ""];
    await withStandIn({ feed: feedOf(lines) }, async ({ streamUrl }) => {
      const client = new StreamClient(streamUrl, "msgpack");
      await client.signIn();
      client.send({ action: "subscribe", quotes: ["AAA"] });
      await client.until(() => client.close !== null);
      expect(client.data).toEqual([...expected, deep]);
      expect(client.close).toEqual(endOfRecording);
    });
  });

  it("accepts the key in the handshake's headers, and answers 403 to another sign-in", () =>
    withStandIn({ feed: feedOf([]) }, async ({ streamUrl }) => {
      const headers = { "APCA-API-KEY-ID": "key", "APCA-API-SECRET-KEY": "secret" };
      const client = new StreamClient(streamUrl, "msgpack", headers);
      await client.until(() => client.messages.length === 2);
      expect(client.control[1]).toEqual({ T: "success", msg: "authenticated" });
      client.send({ action: "auth", key: "key", secret: "secret" });
      await client.until(() => client.messages.length === 3);
      expect(client.control[2]).toEqual({ T: "error", code: 403, msg: "already authenticated" });
    }));

  it("answers 400 to what it cannot read, and 401 to a subscription too early, and stays open", () =>
    withStandIn({ feed: feedOf([]) }, async ({ streamUrl }) => {
      const client = new StreamClient(streamUrl);
      await client.until(() => client.messages.length === 1);
      client.sendRaw("hello");
      client.send({ action: "subscribe", quotes: ["AAA"] });
      client.send({ action: "auth", key: "key", secret: "secret" });
      await client.until(() => client.messages.length === 4);
      expect(client.control.slice(1)).toEqual([
        { T: "error", code: 400, msg: "invalid syntax" },
        { T: "error", code: 401, msg: "not authenticated" },
        { T: "success", msg: "authenticated" },
      ]);
    }));

  it("answers 402 to a wrong key, and closes", () =>
    withStandIn({ feed: feedOf([]) }, async ({ streamUrl }) => {
      const client = new StreamClient(streamUrl, "msgpack");
      await client.signIn("key", "wrong");
      await client.until(() => client.close !== null);
      expect(client.control.at(-1)).toEqual({ T: "error", code: 402, msg: "auth failed" });
    }));

  it("answers 404 to a client that does not sign in in time, and closes", () =>
    withStandIn({ feed: feedOf([]), authTimeoutMs: 20 }, async ({ streamUrl }) => {
      const client = new StreamClient(streamUrl);
      await client.until(() => client.close !== null);
      expect(client.control.at(-1)).toEqual({ T: "error", code: 404, msg: "auth timeout" });
    }));

  it("answers 405 to too many symbols, and keeps to the subscription before", () =>
    withStandIn({ feed: feedOf(quoteLines(10)), symbolLimit: 1 }, async ({ streamUrl }) => {
      const client = new StreamClient(streamUrl);
      await client.signIn();
      await client.subscribe({ quotes: ["AAA", "BBB"] });
      expect(client.control.at(-1)).toEqual({ T: "error", code: 405, msg: "symbol limit exceeded" });
      expect(client.data).toEqual([]);
      await client.subscribe({ quotes: ["AAA"] });
      await client.until(() => client.data.length === 10);
    }));

  it("answers 406 to a second connection, closes it, and lets it in when the first is gone", () =>
    withStandIn({ feed: feedOf([]) }, async ({ streamUrl }) => {
      const first = new StreamClient(streamUrl);
      await first.signIn();
      const second = new StreamClient(streamUrl);
      await second.signIn();
      await second.until(() => second.close !== null);
      expect(second.control.at(-1)).toEqual({ T: "error", code: 406, msg: "connection limit exceeded" });
      await first.end();
      const third = new StreamClient(streamUrl);
      await third.signIn();
      expect(third.control.at(-1)).toMatchObject({ msg: "authenticated" });
    }));

  it("holds the slot of a dropped socket for a while, as Alpaca does", () =>
    withStandIn({ feed: feedOf([]), slotHoldMs: 600_000 }, async (standIn) => {
      await dropOne(standIn);
      expect(await attempt(standIn)).toBe(406);
    }));

  it("gives the slot of a dropped socket free after that while", () =>
    withStandIn({ feed: feedOf([]), slotHoldMs: 50 }, async (standIn) => {
      await dropOne(standIn);
      await expect.poll(() => attempt(standIn)).toBe("in");
    }));

  it("answers 409 for a feed that the plan does not have, and 404 to a path that is no stream", () =>
    withStandIn({ feed: feedOf([]), entitledFeeds: ["iex"] }, async (standIn) => {
      const client = new StreamClient(standIn.streamUrlOf("sip"));
      await client.signIn();
      expect(client.control.at(-1)).toMatchObject({ code: 409 });
      const lost = new StreamClient(`ws://127.0.0.1:${standIn.port}/v3/sip`);
      await lost.until(() => lost.close !== null);
      expect(lost.messages).toEqual([]);
    }));

  it("plays `/v2/test` from a feed of its own", () =>
    withStandIn({ feed: feedOf([]), testFeed: feedOf(quoteLines(5, "FAKEPACA")) }, async (standIn) => {
      const client = new StreamClient(standIn.streamUrlOf("test"));
      await client.signIn();
      await client.subscribe({ quotes: ["FAKEPACA"] });
      await client.until(() => client.data.length === 5);
    }));
});

it("a port that is in use is told with what to do about it", async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
  });
  try {
    await expect(withStandIn({ feed: feedOf([]), port }, async () => {})).rejects.toMatchObject({ code: "portInUse" });
  } finally {
    taken.close();
  }
});

/** Signs in and cuts the socket; resolves when the stand-in has seen that. */
async function dropOne(standIn: StandIn): Promise<void> {
  const client = new StreamClient(standIn.streamUrl);
  await client.signIn();
  client.terminate();
  await expect.poll(() => standIn.stats().connections).toBe(0);
}

/** Signs in: the code of a refusal, or "in". */
async function attempt(standIn: StandIn): Promise<unknown> {
  const client = new StreamClient(standIn.streamUrl);
  await client.signIn();
  return client.control.at(-1)?.code ?? "in";
}
