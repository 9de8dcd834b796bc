import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { nyse } from "../../domain/calendar/nyse.ts";
import type { ControlEntry } from "../../domain/raw-log/entries.ts";
import { AlpacaRest } from "../../producer/alpaca-rest.ts";
import { ReferenceSource } from "../../producer/reference-source.ts";
import { systemClock } from "../../runtime/clock/clock.ts";
import { key, silentLog, until } from "../support/producer-run.ts";

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers a path's requests in order; the last one for ever. */
let answers: Record<string, Answer[]> = {};
let requests: URL[] = [];
const server = createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://x");
  requests.push(url);
  const list = answers[url.pathname] ?? [];
  const answer = (list.length > 1 ? list.shift() : list[0]) ?? { status: 404 };
  response.writeHead(answer.status, answer.headers ?? {});
  response.end(JSON.stringify(answer.body ?? {}));
});

const auctions = "/v2/stocks/auctions";
const bars = "/v2/stocks/bars";
const actions = "/v1/corporate-actions";
const bar = (c: number) => ({ t: "2024-07-10T04:00:00Z", c });

let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  requests = [];
  answers = { [actions]: [{ status: 200, body: { corporate_actions: {}, next_page_token: null } }] };
});

function source(attempts = 3) {
  const warnings: string[] = [];
  const late: ControlEntry[] = [];
  const stopping = new AbortController();
  const { signal } = stopping;
  const rest = new AlpacaRest({
    ...key,
    dataUrl: url,
    tradingUrl: url,
    clock: systemClock,
    signal,
    attempts,
    firstDelayMs: 1,
  });
  const references = new ReferenceSource({
    rest,
    log: { ...silentLog, warn: (line) => warnings.push(line) },
    primaryExchange: () => null,
    calendar: nyse,
    adjustDividends: false,
    signal,
    onLate: (records) => late.push(...records),
    lateRetryMs: 10,
  });
  const values = (...symbols: string[]) =>
    references.records({ kind: "references", sessionDate: "2024-07-11", symbols }).map((entry) => entry.value);
  return { references, values, warnings, late, stop: () => stopping.abort() };
}

const asked = (path: string) => requests.filter((request) => request.pathname === path);

it("C2: closing auctions come first, and unadjusted bars of the SIP stand in for those without one", async () => {
  const print = { c: "M", p: 10, x: "N", t: "2024-07-10T20:00:01Z" };
  answers[auctions] = [{ status: 200, body: { auctions: { AAA: [{ d: "2024-07-10", c: [print] }] } } }];
  answers[bars] = [{ status: 200, body: { bars: { BBB: [bar(20)] } } }];
  const { references, values } = source();
  await references.load("2024-07-11", ["AAA", "BBB"]);
  expect(values("AAA", "BBB").map((value) => /"previousClose":\d+/.exec(value)?.[0])).toEqual([
    '"previousClose":10',
    '"previousClose":20',
  ]);
  const [request] = asked(bars);
  expect(Object.fromEntries(request?.searchParams ?? [])).toMatchObject({
    symbols: "BBB",
    feed: "sip",
    adjustment: "raw",
    start: "2024-07-10",
  });
});

it("answers of several pages are read to their end", async () => {
  answers[bars] = [
    { status: 200, body: { bars: { AAA: [bar(10)] }, next_page_token: "more" } },
    { status: 200, body: { bars: { BBB: [bar(20)] }, next_page_token: null } },
  ];
  const { references, values } = source();
  await references.load("2024-07-11", ["AAA", "BBB"]);
  expect(values("AAA", "BBB")).toHaveLength(2);
  expect(asked(bars)[1]?.searchParams.get("page_token")).toBe("more");
});

it("what was loaded is not asked for again", async () => {
  answers[bars] = [{ status: 200, body: { bars: { AAA: [bar(10)] } } }];
  const { references } = source();
  await Promise.all([references.load("2024-07-11", ["AAA"]), references.load("2024-07-11", ["AAA"])]);
  expect(asked(bars)).toHaveLength(1);
});

it("a rate limit is waited for until its reset, and a server's fault is tried again", async () => {
  const resetMs = systemClock.nowMicros() / 1000 + 300;
  const reset = { "X-RateLimit-Reset": String(resetMs / 1000) };
  answers[bars] = [
    { status: 429, headers: reset },
    { status: 503 },
    { status: 200, body: { bars: { AAA: [bar(10)] } } },
  ];
  const { references, values } = source();
  await references.load("2024-07-11", ["AAA"]);
  // A timer may fire a millisecond early.
  expect(systemClock.nowMicros() / 1000).toBeGreaterThan(resetMs - 2);
  expect(values("AAA")).toHaveLength(1);
});

it("one symbol that spoils the request for all is found, and the others have their references", async () => {
  const list = ["AAA", "BAD", "CCC", "DDD"];
  const refuse = { status: 400, body: { message: "invalid symbol" } };
  const give = (symbol: string) => ({ status: 200, body: { bars: { [symbol]: [bar(10)] } } });
  answers[bars] = [
    refuse,
    refuse,
    give("AAA"),
    refuse,
    { status: 200, body: { bars: { CCC: [bar(10)], DDD: [bar(10)] } } },
  ];
  const { references, values } = source();
  await references.load("2024-07-11", list);
  expect(values(...list)).toHaveLength(3);
});

it("C3: without the corporate actions there is no reference, for a wrong one is worse than none", async () => {
  answers[bars] = [{ status: 200, body: { bars: { AAA: [bar(10)] } } }];
  answers[actions] = [{ status: 403 }];
  const { references, values, warnings, stop } = source();
  await references.load("2024-07-11", ["AAA"]);
  expect(values("AAA")).toEqual([]);
  expect(warnings[0]).toMatch(/NO PREVIOUS CLOSES/);
  stop();
});

it("C4: references that cannot be had are said loudly, and written late when they come", async () => {
  const down = { status: 503 };
  answers[bars] = [down, down, down, down, { status: 200, body: { bars: { AAA: [bar(10)] } } }];
  const { references, values, warnings, late, stop } = source(2);
  await references.load("2024-07-11", ["AAA"]);
  expect(references.isLoaded({ kind: "references", sessionDate: "2024-07-11", symbols: ["AAA"] })).toBe(true);
  expect(values("AAA")).toEqual([]);
  await until(() => late.length > 0);
  expect(late[0]?.value).toContain('"previousClose":10,');
  expect(warnings.length).toBeGreaterThan(0);
  stop();
});
