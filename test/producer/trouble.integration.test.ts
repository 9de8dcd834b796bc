import { afterEach, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import { PipelineError } from "../../domain/errors.ts";
import type { Feed } from "../../local/alpaca/feed.ts";
import type { StandIn } from "../../local/alpaca/stand-in-options.ts";
import { FakeSender } from "../support/fake-sender.ts";
import { feedOf, key, runProducer, standIn, until } from "../support/producer-run.ts";
import { quoteLine } from "../support/raw-lines.ts";

let server: StandIn | null = null;
afterEach(async () => server?.close());

/** A market that quotes every few milliseconds, at the time it is. */
function liveFeed(nowMs: () => number = Date.now): Feed {
  return feedOf(async function* () {
    for (;;) {
      yield [quoteLine("XXX", new Date(nowMs()).toISOString(), 10, 10.02)];
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
}

async function failure(run: { done: Promise<void> }): Promise<PipelineError> {
  const error = await run.done.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PipelineError)) throw new Error(`no PipelineError: ${String(error)}`);
  return error;
}

it("a wrong key ends the producer with what to check", async () => {
  server = await standIn(liveFeed());
  const alpaca = { streamUrl: server.streamUrl, dataUrl: server.dataUrl, tradingUrl: server.tradingUrl, ...key };
  const error = await failure(runProducer(server, { alpaca: { ...alpaca, secretKey: "wrong" } }));
  expect(error.code).toBe("alpacaAuthentication");
  expect(error.line).not.toContain("wrong");
});

it("too many symbols end the producer with the limit", async () => {
  server = await standIn(feedOf([], {}, ["XXX", "YYY"]), { symbolLimit: 3 });
  expect((await failure(runProducer(server, { symbols: ["XXX", "YYY"] }))).code).toBe("alpacaSymbolLimit");
});

it("a feed that the plan does not have ends the producer", async () => {
  server = await standIn(liveFeed(), { entitledFeeds: ["iex"] });
  expect((await failure(runProducer(server))).code).toBe("alpacaAuthentication");
});

it("a taken slot is waited for, and each wait is said", async () => {
  server = await standIn(liveFeed());
  const first = runProducer(server, { heartbeats: "live" });
  await until(() => first.metrics.get("quotes") > 0, first);
  const second = runProducer(server, { heartbeats: "live" });
  await until(() => second.metrics.get("reconnects") > 1, second);
  expect(second.warnings.at(-1)).toMatch(/slot/);
  await first.stop();
  await until(() => second.metrics.get("quotes") > 0, second);
  await second.stop();
});

it("unknown symbols are left out with a warning, and none that is known ends the producer", async () => {
  server = await standIn(feedOf([quoteLine("XXX", "2024-07-11T14:30:00Z", 1, 2)]));
  const run = runProducer(server, { symbols: ["XXX", "NOPE"] });
  await until(() => run.states.includes("ended"), run);
  expect(run.warnings).toContainEqual(expect.stringMatching(/does not know/));
  expect(run.metrics.get("quotes")).toBe(1);
  await run.stop();
  expect((await failure(runProducer(server, { symbols: ["NOPE"] }))).code).toBe("unknownSymbol");
});

it("W9: a broken connection is a gap, and the feed goes on", async () => {
  server = await standIn(liveFeed());
  const run = runProducer(server, { heartbeats: "live" });
  await until(() => run.metrics.get("quotes") > 3, run);
  server.faults.dropConnections();
  const before = run.metrics.get("quotes");
  await until(() => run.metrics.get("quotes") > before + 3, run);
  await run.stop();
  const gaps = run.sender.valuesOf("gap");
  expect(gaps).toEqual([
    { T: "gap", S: null, from: expect.any(String), to: expect.any(String), reason: "disconnected" },
  ]);
  const [gap] = gaps;
  expect(Date.parse(String(gap?.["from"]))).toBeLessThanOrEqual(Date.parse(String(gap?.["to"])));
  const connections = new Set(run.sender.records.map((record) => record.headers["connection"]));
  connections.delete(undefined as never);
  expect(connections.size).toBe(2);
});

it("a mute stream in regular hours is connected anew", async () => {
  const aheadMs = Date.parse("2024-07-11T16:00:00Z") - Date.now();
  const nowMs = () => Date.now() + aheadMs;
  server = await standIn(liveFeed(nowMs));
  const clock = { nowMicros: () => nowMs() * 1000 };
  const timing = {
    readyTimeoutMs: 5000,
    pingAfterMs: 5000,
    dataTimeoutMs: 150,
    firstDelayMs: 10,
    delayMsMax: 10,
    slotDelayMs: 10,
  };
  const run = runProducer(server, { heartbeats: "live", clock, timing });
  await until(() => run.metrics.get("quotes") > 0, run);
  server.faults.mute();
  await until(() => run.metrics.get("gaps") > 0, run);
  await run.stop();
  expect(run.sender.valuesOf("gap")[0]).toMatchObject({ reason: "silent" });
});

it("an error of the server's is followed by another connection", async () => {
  server = await standIn(liveFeed());
  const run = runProducer(server, { heartbeats: "live" });
  await until(() => run.metrics.get("quotes") > 0, run);
  server.faults.error(500);
  await until(() => run.metrics.get("gaps") > 0, run);
  expect(run.warnings).toContainEqual(expect.stringMatching(/500/));
  await run.stop();
});

it("an unreachable stream is tried again and said, until it is there", async () => {
  server = await standIn(liveFeed());
  const alpaca = {
    streamUrl: "ws://127.0.0.1:9/v2/sip",
    dataUrl: server.dataUrl,
    tradingUrl: server.tradingUrl,
    ...key,
  };
  const run = runProducer(server, { alpaca });
  await until(() => run.metrics.get("reconnects") > 2, run);
  expect(run.warnings.at(-1)).toMatch(/ECONNREFUSED/);
  expect(run.metrics.get("gaps")).toBe(0);
  await run.stop();
});

it("live: each second has a heartbeat, near the time of the messages", async () => {
  server = await standIn(liveFeed());
  const run = runProducer(server, { heartbeats: "live" });
  await until(() => run.metrics.get("heartbeats") >= 3, run);
  await run.stop();
  const heartbeats = run.sender.records.filter(({ value }) => String(value).includes('"heartbeat"'));
  expect(heartbeats.length).toBeGreaterThanOrEqual(3);
  for (const { value, headers } of heartbeats) {
    const { t } = JSON.parse(String(value)) as { readonly t: string };
    expect(Math.abs(Date.parse(t) - Number(headers["received-time"]) / 1000)).toBeLessThan(10_000);
  }
});

it("a broker that fails ends the producer with its error", async () => {
  server = await standIn(liveFeed());
  const sender = new FakeSender();
  sender.beforeSend = async () => {
    throw new PipelineError("kafkaAuthorization", "no Write on market.raw.");
  };
  expect((await failure(runProducer(server, { heartbeats: "live" }, sender))).code).toBe("kafkaAuthorization");
});

it("a stop in mid-stream writes all that was accepted, and closes no window", async () => {
  const lines = Array.from({ length: 1000 }, (_, i) =>
    quoteLine("XXX", `2024-07-11T14:30:${String(10 + Math.floor(i / 50))}Z`, 1, 2),
  );
  server = await standIn(feedOf(lines), { speed: 1 });
  const run = runProducer(server);
  await until(() => run.metrics.get("quotes") >= 40, run);
  await run.stop();
  expect(run.writer()?.queued).toBe(0);
  expect(run.sender.valuesOf("q")).toHaveLength(run.metrics.get("quotes"));
  expect(run.sender.valuesOf("heartbeat").every(({ t }) => String(t) < "2024-07-11T14:31")).toBe(true);
  expect(run.states).not.toContain("ended");
});

it("the settings on the raw log name the calendar by its version", async () => {
  server = await standIn(feedOf([quoteLine("XXX", "2024-07-11T14:30:00Z", 1, 2)]));
  const run = runProducer(server);
  await until(() => run.states.includes("ended"), run);
  expect(run.sender.valuesOf("settings")[0]).toMatchObject({ calendar: nyse.version });
  await run.stop();
});
