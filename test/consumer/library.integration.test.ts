import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type Feed,
  type FeedLag,
  openFeed,
  type RecordKind,
  type Staleness,
  type Values,
} from "../../consumer/index.ts";
import { customerRights } from "../../runtime/kafka/stage-rights.ts";
import { until } from "../runtime/kafka/kafka-under-test.ts";
import { startTestBroker, type TestBroker, topics } from "../support/broker.ts";
import { customerOf, type Published, publish, take } from "./feed-under-test.ts";
import { quoteOf } from "./records.ts";

let broker: TestBroker;
let feed: Feed;
const symbols = ["AAA", "BBB", "CCC"];
const quotes: Published[] = Array.from({ length: 30 }, (_, n) => {
  const symbol = symbols[n % 3] ?? "";
  return { symbol, text: JSON.stringify(quoteOf({ symbol, bidSize: n })) };
});
const gap: Values["gap"] = {
  type: "gap",
  symbol: null,
  from: "2018-01-03T15:00:00Z",
  to: "2018-01-03T15:00:09Z",
  reason: "disconnected",
};
let halfwayMs = 0;

beforeAll(async () => {
  broker = await startTestBroker();
  const enricher = broker.kafkaFor("enricher");
  await publish(enricher, topics.enriched, quotes.slice(0, 15));
  halfwayMs = Date.now() + 1;
  await until(() => Date.now() > halfwayMs, "the next millisecond");
  await publish(enricher, topics.enriched, quotes.slice(15), 15);
  // An enricher that starts again publishes some once more.
  await publish(enricher, topics.enriched, quotes.slice(9), 9);
  await publish(enricher, topics.enriched, [{ symbol: null, text: JSON.stringify(gap) }], 30);
  const candle = { type: "candle", symbol: "AAA", interval: "1m", start: "2018-01-03T15:00:00Z", revision: 0 };
  await publish(enricher, topics.candles, [{ symbol: "AAA", text: JSON.stringify(candle) }]);
  feed = await openFeed({ connection: customerOf(broker.server) });
});

afterAll(async () => {
  await feed?.close();
  await broker?.stop();
});

const sizesOf = (symbol: string, from = 0) =>
  quotes.flatMap((quote, n) => (n >= from && quote.symbol === symbol ? [n] : []));
const sizes = (values: readonly Values["quote"][]) => values.map(({ bidSize }) => bidSize ?? -1);
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

it("quotes come once each, in order by symbol, repeats left out", async () => {
  const taken = await take(feed.quotes({ from: "beginning" }), 30);
  for (const symbol of symbols) {
    expect(sizes(taken.filter((quote) => quote.symbol === symbol))).toEqual(sizesOf(symbol));
  }
});

it("whole records have the bytes as they were published, and where they stand", async () => {
  const [record] = await take(feed.records({ from: "beginning", symbols: ["BBB"], kinds: ["quote"] }), 1);
  expect(record?.bytes.toString()).toBe(quotes[1]?.text);
  expect(record).toMatchObject({
    topic: topics.enriched,
    kind: "quote",
    symbol: "BBB",
    offset: 0,
    source: { offset: 1 },
  });
});

it("only the symbols asked for come, and from a time only what was published since", async () => {
  expect(sizes(await take(feed.quotes({ from: "beginning", symbols: ["BBB"] }), 10))).toEqual(sizesOf("BBB"));
  const since = new Date(halfwayMs);
  expect(sizes(await take(feed.quotes({ symbols: ["AAA"], from: since }), 5))).toEqual(sizesOf("AAA", 15));
});

it("with no topic named, each kind is found on the topic that the rights show", async () => {
  expect(await feed.topics()).toEqual([topics.alerts, topics.candles, topics.enriched].sort());
  expect((await take(feed.candles({ from: "beginning" }), 1))[0]).toMatchObject({ type: "candle", symbol: "AAA" });
  const kinds = new Set<RecordKind>();
  for await (const { kind } of feed.records({ from: "beginning" })) {
    kinds.add(kind);
    if (kinds.size === 3) break;
  }
  expect([...kinds].sort()).toEqual(["candle", "gap", "quote"]);
});

it("W9: a gap of every symbol comes once, and a reader of quotes is told of it", async () => {
  const gaps: Values["gap"][] = [];
  const alone = feed.gaps({ from: "beginning" });
  const reading = alone.each((found) => gaps.push(found));
  const told: string[] = [];
  const stream = feed.quotes({ from: "beginning", symbols: ["AAA"], onGap: ({ reason }) => told.push(reason) });
  const taking = take(stream, 11);
  await until(() => told.length > 0, "the gap");
  await stream.close();
  await taking;
  expect(told).toEqual(["disconnected"]);
  // Once all is read, the copies on the other partitions are, too.
  await until(async () => gaps.length > 0 && (await alone.lag()).records === 0, "the end");
  await alone.close();
  await reading;
  expect(gaps).toEqual([gap]);
});

it("a group goes on after the last record that was done with, its name begun with the user's", async () => {
  const options = { symbols: ["CCC"], group: "group", from: "beginning" } as const;
  expect(sizes(await take(feed.quotes(options), 4))).toEqual(sizesOf("CCC").slice(0, 4));
  // The fourth was never followed by asking for a fifth, so it comes again.
  expect(sizes(await take(feed.quotes(options), 3))).toEqual(sizesOf("CCC").slice(3, 6));
  const admin = await broker.kafkaFor("admin").admin();
  expect(await admin.committedOffsets("demo-group", topics.enriched)).not.toEqual([]);
  await admin.close();
});

it("a callback's record is done when the callback is, and one that fails comes again", async () => {
  const options = { symbols: ["AAA"], group: "callback", from: "beginning" } as const;
  const seen: number[] = [];
  const handle = async ({ bidSize = -1 }: Values["quote"]) => {
    await Promise.resolve();
    seen.push(bidSize);
    if (seen.length === 4) throw new Error("the disk is full");
  };
  await expect(feed.quotes(options).each(handle)).rejects.toThrow("the disk is full");
  expect(seen).toEqual(sizesOf("AAA").slice(0, 4));
  expect(sizes(await take(feed.quotes(options), 1))).toEqual(sizesOf("AAA").slice(3, 4));
});

it("with manual commits only what was told as done and committed is passed over", async () => {
  const options = { symbols: ["BBB"], group: "manual", from: "beginning", commit: "manual" } as const;
  const stream = feed.records({ ...options, kinds: ["quote"] });
  let count = 0;
  for await (const record of stream) {
    if (++count === 2) stream.done(record);
    if (count === 5) break;
    if (count === 3) await stream.commit();
  }
  expect(sizes(await take(feed.quotes(options), 2))).toEqual(sizesOf("BBB").slice(2, 4));
});

it("a stored position is where the next stream goes on, with no group", async () => {
  const stream = feed.quotes({ from: "beginning" });
  const first: Values["quote"][] = [];
  for await (const quote of stream) {
    first.push(quote);
    if (first.length === 12) break;
  }
  const stored = JSON.parse(JSON.stringify(stream.positions())) as ReturnType<typeof stream.positions>;
  const rest = await take(feed.quotes({ from: stored }), 19);
  // The twelfth was not followed by asking for the next: it comes again.
  expect(sorted(sizes([...first.slice(0, 11), ...rest]))).toEqual(quotes.map((_, n) => n));
});

it("a stream ends when its signal comes, and a closed feed ends its streams", async () => {
  const closing = new AbortController();
  let count = 0;
  for await (const _ of feed.quotes({ from: "beginning", signal: closing.signal })) if (++count === 30) closing.abort();
  expect(count).toBe(30);
  const other = await openFeed({ connection: customerOf(broker.server) });
  const reading = take(other.quotes(), 1);
  await other.close();
  expect(await reading).toEqual([]);
});

it("a slow reader is told that it is behind, and by how much", async () => {
  const told: FeedLag[] = [];
  const stream = feed.quotes({
    from: "beginning",
    behindLimit: { records: 5 },
    staleAfterMs: 60,
    onLag: (lag) => told.push(lag),
  });
  for await (const _ of stream) {
    await until(() => told.length > 0, "the signal");
    break;
  }
  expect(told[0]).toMatchObject({ isBehind: true });
  expect(told[0]?.records).toBeGreaterThan(5);
});

it("a feed on which nothing is published is stale, until something is", async () => {
  const told: Staleness[] = [];
  const onStale = (staleness: Staleness) => told.push(staleness);
  const stream = feed.alerts({ from: "beginning", staleAfterMs: 300, staleWhen: "always", onStale });
  const taken: unknown[] = [];
  const taking = stream.each((alert) => taken.push(alert));
  await until(() => told.length > 0, "silence");
  expect(told[0]).toMatchObject({ isStale: true, reason: "silent" });
  const alert = { symbol: "AAA", text: '{"type":"alert","symbol":"AAA"}' };
  await publish(broker.kafkaFor("enricher"), topics.alerts, [alert]);
  await until(() => taken.length > 0 && told.length > 1, "the end of the silence");
  expect(told[1]).toMatchObject({ isStale: false, reason: null });
  await stream.close();
  await taking;
  expect(taken).toEqual([{ type: "alert", symbol: "AAA" }]);
});

it("a product's topic is found by the rights; a column that it leaves out is told where it cannot be done without", async () => {
  const topic = "market.product.mids";
  const user = await broker.server.createScramUser("acme");
  const admin = await broker.kafkaFor("admin").admin();
  await admin.ensureTopics([{ topic, partitions: 12, configs: {} }]);
  const [, , , group] = customerRights("acme", topics);
  await admin.ensureAcls([
    ...(group === undefined ? [] : [group]),
    { principal: "User:acme", resource: "topic", name: topic, pattern: "literal", operation: "read" },
  ]);
  await admin.close();
  const value = { type: "quote", symbol: "AAA", eventTime: "2018-01-03T15:00:00Z", midPrice: 7 };
  const bar = {
    symbol: "AAA",
    close: 1,
    open: 1,
    low: 1,
    high: 1,
    volume: 5,
    timestamp: "2018-01-03 15:00:00",
    "%change": 1,
    indicator: "Neutral",
  };
  await publish(
    broker.kafkaFor("admin"),
    topic,
    [value, bar].map((of) => ({ symbol: "AAA", text: JSON.stringify(of) })),
  );
  const product = await openFeed({ connection: { ...customerOf(broker.server), sasl: user } });
  try {
    expect(await product.topics()).toEqual([topic]);
    expect(await take(product.quotes({ from: "beginning", columns: ["midPrice"] }), 1)).toEqual([value]);
    expect(await take(product.minuteBars({ from: "beginning" }), 1)).toEqual([bar]);
    const lacking = take(product.quotes({ from: "beginning", columns: ["indicator"] }), 1);
    await expect(lacking).rejects.toMatchObject({
      code: "missingColumn",
      message: /market\.product\.mids have no indicator/,
    });
  } finally {
    await product.close();
  }
});

it("who has no right to a topic, or to a group's name, is told which, and whom to ask", async () => {
  const raw = take(feed.quotes({ topics: [topics.raw] }), 1);
  await expect(raw).rejects.toMatchObject({
    code: "kafkaAuthorization",
    message: /market\.raw/,
    remedy: /provider.*demo/,
  });
  const nobody = await openFeed({ connection: { ...customerOf(broker.server), sasl: broker.server.users.producer } });
  const refused = take(nobody.quotes({ topics: [topics.raw] }), 1);
  await expect(refused).rejects.toMatchObject({
    code: "kafkaAuthorization",
    message: /group producer-/,
    remedy: /`?producer/,
  });
  await nobody.close();
});
