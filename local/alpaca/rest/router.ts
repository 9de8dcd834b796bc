import type { IncomingMessage, ServerResponse } from "node:http";
import { credentialsOf } from "../credentials.ts";
import type { Feed } from "../feed.ts";
import { type RestAnswer, RestRefusal } from "./answer.ts";
import { answerAsset, answerAssets } from "./assets.ts";
import { answerAuctions } from "./auctions.ts";
import { answerBars } from "./bars.ts";
import { answerCalendar, answerClock } from "./calendar.ts";
import { answerCorporateActions } from "./corporate-actions.ts";
import { RateLimit } from "./rate-limit.ts";

export interface RestOptions {
  readonly feed: Feed;
  readonly keyId: string;
  readonly secretKey: string;
  readonly requestsPerMinuteMax: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Answers Alpaca's REST requests, of the data and of the trading host alike. */
export function restHandler(options: RestOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const rateLimit = new RateLimit(options.requestsPerMinuteMax);
  return (request, response) => {
    const { allowed, headers } = rateLimit.take(options.now());
    const { status, body } = allowed ? answer(request, options) : refused(429, "too many requests.");
    response.writeHead(status, { "Content-Type": "application/json; charset=UTF-8", ...headers });
    response.end(JSON.stringify(body));
  };
}

function answer(request: IncomingMessage, options: RestOptions): RestAnswer {
  try {
    return route(request, options);
  } catch (error) {
    if (error instanceof RestRefusal) return refused(error.status, error.message);
    throw error;
  }
}

function route(request: IncomingMessage, { feed, keyId, secretKey, now }: RestOptions): RestAnswer {
  const credentials = credentialsOf(request.headers);
  if (credentials === null) throw new RestRefusal(401, "unauthorized.");
  if (credentials.key !== keyId || credentials.secret !== secretKey) throw new RestRefusal(403, "forbidden.");
  if (request.method !== "GET") throw new RestRefusal(405, "method not allowed.");
  const [path = "", search = ""] = (request.url ?? "").split("?", 2);
  const query = new URLSearchParams(search);
  const { documents } = feed;
  switch (path) {
    case "/v2/stocks/bars":
      return answerBars(query, documents);
    case "/v2/stocks/auctions":
      return answerAuctions(query, documents);
    case "/v1/corporate-actions":
      return answerCorporateActions(query, documents);
    case "/v2/calendar":
      return answerCalendar(query, documents.calendar);
    case "/v2/clock":
      return answerClock(documents.calendar, now());
    case "/v2/assets":
      return answerAssets(query, feed);
    default: {
      const symbol = /^\/v2\/assets\/([^/]+)$/.exec(path)?.[1];
      if (symbol !== undefined) return answerAsset(decodeSymbol(symbol), feed);
      throw new RestRefusal(404, "endpoint not found.");
    }
  }
}

function decodeSymbol(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RestRefusal(400, "invalid symbol");
  }
}

function refused(status: number, message: string): RestAnswer {
  return { status, body: { message } };
}
