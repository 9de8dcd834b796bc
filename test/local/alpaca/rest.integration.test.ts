import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nyse } from "../../../domain/calendar/nyse.ts";
import { recordingFeed } from "../../../local/alpaca/recording-feed.ts";
import { startAlpacaStandIn } from "../../../local/alpaca/stand-in.ts";
import type { StandIn } from "../../../local/alpaca/stand-in-options.ts";
import { openRecording } from "../../../local/recording/recording.ts";
import { feedOf, withStandIn } from "./stand-in-under-test.ts";

const key = { "APCA-API-KEY-ID": "key", "APCA-API-SECRET-KEY": "secret" };
/** A Friday, half an hour before the early close. */
const nowMs = Date.parse("2024-11-29T17:30:00Z");
let standIn: StandIn;

beforeAll(async () => {
  const recording = await openRecording(fileURLToPath(new URL("../../recordings/rules", import.meta.url)));
  standIn = await startAlpacaStandIn({
    feed: recordingFeed(recording, nyse),
    keyId: "key",
    secretKey: "secret",
    speed: "max",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    now: () => nowMs,
  });
});
afterAll(() => standIn.close());

/** An answer's JSON, of which each test looks at its own part. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes are what the tests check.
type Body = any;

async function get(path: string, headers: Record<string, string> = key): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${standIn.dataUrl}${path}`, { headers });
  return { status: response.status, body: await response.json() };
}

const closes = (bars: { c: number }[] | undefined) => bars?.map(({ c }) => c);

describe("/v2/stocks/bars", () => {
  it("C2: gives the official closes of the days asked for, unadjusted", async () => {
    const { status, body } = await get(
      "/v2/stocks/bars?symbols=AAA,BBB&timeframe=1Day&start=2024-11-27&end=2024-11-29",
    );
    expect(status).toBe(200);
    expect(closes(body.bars.AAA)).toEqual([100, 101]);
    expect(closes(body.bars.BBB)).toEqual([645.5, 645.57]);
    expect(body.bars.AAA[0]).toEqual({
      t: "2024-11-27T05:00:00Z",
      o: 99.5,
      h: 101,
      l: 99,
      c: 100,
      v: 1_000_000,
      n: 8000,
      vw: 100.1,
    });
    expect(body.next_page_token).toBeNull();
  });

  it("takes moments too, compared with the day's midnight in New York", async () => {
    const { body } = await get(
      "/v2/stocks/bars?symbols=AAA&timeframe=1Day&start=2024-11-27T05:00:00.001Z&end=2024-12-02T05:00:00Z&sort=desc",
    );
    expect(closes(body.bars.AAA)).toEqual([101.11, 101]);
  });

  it("restates earlier days after a split where asked to", async () => {
    const { body } = await get("/v2/stocks/bars?symbols=BBB&timeframe=1Day&adjustment=split");
    expect(closes(body.bars.BBB)).toEqual([92.2143, 92.2243, 92]);
    expect(body.bars.BBB[0].v).toBe(7_000_000);
  });

  it("pages through all rows, each once", async () => {
    const seen: number[] = [];
    let token = "";
    do {
      const { body } = await get(`/v2/stocks/bars?symbols=BBB,AAA&timeframe=1Day&limit=2&page_token=${token}`);
      for (const bars of Object.values<{ c: number }[]>(body.bars)) seen.push(...(closes(bars) ?? []));
      token = body.next_page_token === null ? "" : encodeURIComponent(body.next_page_token);
    } while (token !== "");
    expect(seen).toEqual([100, 101, 101.11, 645.5, 645.57, 92]);
  });

  it("leaves out a symbol that it does not know", async () => {
    expect((await get("/v2/stocks/bars?symbols=AAA,NOPE&timeframe=1Day&limit=1")).body.bars).toHaveProperty("AAA");
    expect((await get("/v2/stocks/bars?symbols=NOPE&timeframe=1Day")).body).toEqual({
      bars: {},
      next_page_token: null,
    });
  });

  it.each([
    "timeframe=1Day",
    "symbols=aaa&timeframe=1Day",
    "symbols=AAA&timeframe=1Min",
    "symbols=AAA",
    "symbols=AAA&timeframe=1Day&start=yesterday",
    "symbols=AAA&timeframe=1Day&start=2024-02-30",
    "symbols=AAA&timeframe=1Day&start=2024-12-02&end=2024-11-27",
    "symbols=AAA&timeframe=1Day&limit=0",
    "symbols=AAA&timeframe=1Day&sort=up",
    "symbols=AAA&timeframe=1Day&page_token=nonsense",
    "symbols=AAA&timeframe=1Day&adjustment=all",
  ])("answers 400 to %s", async (query) => {
    const { status, body } = await get(`/v2/stocks/bars?${query}`);
    expect(status).toBe(400);
    expect(body.message).toEqual(expect.any(String));
  });
});

describe("/v2/stocks/auctions", () => {
  it("C2: has the closing auction's official price, at the half day's early close", async () => {
    const { body } = await get("/v2/stocks/auctions?symbols=AAA&start=2024-11-29&end=2024-11-29");
    expect(body).toEqual({
      auctions: {
        AAA: [
          {
            d: "2024-11-29",
            o: [
              { c: "O", p: 100.5, s: 1000, t: "2024-11-29T14:30:00.250Z", x: "N" },
              { c: "Q", p: 100.5, s: 1000, t: "2024-11-29T14:30:00.250Z", x: "N" },
            ],
            c: [
              { c: "6", p: 101, s: 1000, t: "2024-11-29T18:00:00.250Z", x: "N" },
              { c: "M", p: 101, s: 1000, t: "2024-11-29T18:00:00.250Z", x: "N" },
            ],
          },
        ],
      },
      next_page_token: null,
    });
  });
});

describe("/v1/corporate-actions", () => {
  const actions = async (query: string) => (await get(`/v1/corporate-actions?${query}`)).body.corporate_actions;

  it("C3: has the splits, by symbol, type and ex-date", async () => {
    expect(
      await actions("symbols=BBB&types=forward_split,reverse_split&start=2024-12-02&end=2024-12-02"),
    ).toMatchObject({
      forward_splits: [{ symbol: "BBB", new_rate: 7, old_rate: 1, ex_date: "2024-12-02" }],
    });
    expect(await actions("symbols=AAA&types=forward_split")).toEqual({});
    expect(await actions("start=2024-12-03")).toEqual({});
    expect(Object.keys(await actions("end=2024-12-02"))).toEqual(["forward_splits", "cash_dividends"]);
    expect(Object.keys(await actions("types=cash_dividend"))).toEqual(["cash_dividends"]);
  });

  it("pages", async () => {
    const { body } = await get("/v1/corporate-actions?limit=1");
    expect(body.next_page_token).not.toBeNull();
    const next = await get(`/v1/corporate-actions?limit=1&page_token=${encodeURIComponent(body.next_page_token)}`);
    expect(Object.keys({ ...body.corporate_actions, ...next.body.corporate_actions })).toHaveLength(2);
    expect(next.body.next_page_token).toBeNull();
  });
});

describe("the trading endpoints", () => {
  it("C1: the calendar has the sessions, and the half day's early close", async () => {
    expect((await get("/v2/calendar?start=2024-11-27&end=2024-12-01")).body).toEqual([
      {
        date: "2024-11-27",
        open: "09:30",
        close: "16:00",
        session_open: "0400",
        session_close: "2000",
        settlement_date: "2024-11-29",
      },
      {
        date: "2024-11-29",
        open: "09:30",
        close: "13:00",
        session_open: "0400",
        session_close: "2000",
        settlement_date: "2024-12-02",
      },
    ]);
  });

  it("the clock tells when the market opens and closes next", async () => {
    expect((await get("/v2/clock")).body).toEqual({
      timestamp: "2024-11-29T12:30:00-05:00",
      is_open: true,
      next_open: "2024-12-02T09:30:00-05:00",
      next_close: "2024-11-29T13:00:00-05:00",
    });
  });

  it("the assets are the feed's symbols, and no others", async () => {
    const { body } = await get("/v2/assets?status=active&asset_class=us_equity");
    expect(body.map(({ symbol, exchange, tradable }: Body) => [symbol, exchange, tradable])).toEqual([
      ["AAA", "NYSE", true],
      ["BBB", "NYSE", true],
    ]);
    expect((await get("/v2/assets/AAA")).body).toEqual(body[0]);
    expect(await get("/v2/assets/NOPE")).toEqual({ status: 404, body: { message: "asset not found for NOPE" } });
  });
});

describe("requests that are refused", () => {
  it.each([
    ["401 without a key", {}, 401],
    ["403 with a wrong key", { ...key, "APCA-API-SECRET-KEY": "wrong" }, 403],
  ])("get %s", async (_, headers, status) => {
    expect((await get("/v2/clock", headers)).status).toBe(status);
  });

  it("get 404 where there is no such endpoint, however odd the path", async () => {
    for (const path of ["/v9/x", "//", "/v2/assets/%E0%A4%A", "/%00"]) {
      expect([400, 404]).toContain((await get(path)).status);
    }
  });

  it("get 429 above the rate limit, whose state every answer tells", async () => {
    await withStandIn({ feed: feedOf([]), requestsPerMinuteMax: 2, now: () => 90_000 }, async ({ dataUrl }) => {
      const statuses: unknown[] = [];
      for (let request = 0; request < 3; request += 1) {
        const { status, headers } = await fetch(`${dataUrl}/v2/assets`, { headers: key });
        statuses.push([status, headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-reset")]);
      }
      expect(statuses).toEqual([
        [200, "1", "120"],
        [200, "0", "120"],
        [429, "0", "120"],
      ]);
    });
  });
});
