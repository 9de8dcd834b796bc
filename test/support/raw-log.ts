import { nyse } from "../../domain/calendar/nyse.ts";
import { decodeRaw } from "../../domain/messages/decode.ts";
import type { Output } from "../../enricher/operators/output.ts";
import { createTopology } from "../../enricher/topology.ts";

/** What a test may say of a quote: Alpaca's short names, times as RFC 3339. */
export type QuoteFields = Readonly<Record<string, unknown>>;

/** A usable quote of XXX as Alpaca sends it: 99.99 to 100.01 at 15:00:00 on 2018-01-03, unless told otherwise. */
export function quoteText(fields: QuoteFields = {}): string {
  const quote = {
    T: "q",
    S: "XXX",
    bx: "N",
    bp: 99.99,
    bs: 3,
    ax: "N",
    ap: 100.01,
    as: 5,
    c: ["R"],
    t: at("15:00:00"),
  };
  return JSON.stringify({ ...quote, z: "A", ...fields });
}

/** A usable quote with this mid, one cent wide on each side. */
export function midText(mid: number, time: string, fields: QuoteFields = {}): string {
  return quoteText({ bp: cents(mid - 0.01), ap: cents(mid + 0.01), t: at(time), ...fields });
}

/** A regular trade of XXX as Alpaca sends it: 100 shares at 100 dollars, unless told otherwise. */
export function tradeText(time: string, fields: QuoteFields = {}): string {
  const trade = { T: "t", S: "XXX", i: 1, x: "V", p: 100, s: 100, c: ["@"], t: at(time), z: "A" };
  return JSON.stringify({ ...trade, ...fields });
}

/** A correction of trade 1: from 100 shares at 100 dollars to 200 at 101 under the id 2, unless told otherwise. */
export function correctionText(time: string, fields: QuoteFields = {}): string {
  const original = { oi: 1, op: 100, os: 100, oc: ["@"] };
  const corrected = { ci: 2, cp: 101, cs: 200, cc: ["@"] };
  return JSON.stringify({ T: "c", S: "XXX", x: "V", ...original, ...corrected, t: at(time), z: "A", ...fields });
}

/** A cancel of trade 1. */
export function cancelText(time: string, fields: QuoteFields = {}): string {
  return JSON.stringify({ T: "x", S: "XXX", i: 1, x: "V", p: 100, s: 100, a: "C", t: at(time), z: "A", ...fields });
}

/** A gap of every symbol, unless told otherwise. */
export function gapText(from: string, to: string, fields: QuoteFields = {}): string {
  return JSON.stringify({ T: "gap", S: null, from: at(from), to: at(to), reason: "disconnected", ...fields });
}

/** A trading status of XXX. */
export function statusText(code: string, time: string, fields: QuoteFields = {}): string {
  return JSON.stringify({ T: "s", S: "XXX", sc: code, sm: "", rc: "", rm: "", t: at(time), z: "C", ...fields });
}

/** A heartbeat. */
export function heartbeatText(time: string): string {
  return JSON.stringify({ T: "heartbeat", t: at(time) });
}

/** The previous close of XXX for a session: 100 dollars, unless told otherwise. */
export function referenceText(sessionDate: string, fields: QuoteFields = {}): string {
  const reference = { T: "reference", S: "XXX", sessionDate, previousClose: 100, previousCloseDate: "2018-01-02" };
  return JSON.stringify({ ...reference, source: "official", ...fields });
}

/** The default settings with some changed. */
export function settingsText(fields: QuoteFields = {}): string {
  const settings = {
    T: "settings",
    thresholdPercent: 5,
    thresholdPercentBySymbol: {},
    intervals: ["1m", "5m"],
    maxOutOfOrderMs: 1000,
    graceMs: 60_000,
    maxAheadMs: 5000,
    maxSpreadPercent: 10,
    adjustDividends: false,
    calendar: nyse.version,
  };
  return JSON.stringify({ ...settings, ...fields });
}

/** A full time as it is; a time of day as one of 2018-01-03. */
function at(time: string): string {
  return time.includes("T") ? time : `2018-01-03T${time}Z`;
}

function cents(dollars: number): number {
  return Math.round(dollars * 10_000) / 10_000;
}

/** A value of the raw log, decoded. */
export function decodeText(text: string | null): ReturnType<typeof decodeRaw> {
  return decodeRaw(text === null ? null : Buffer.from(text));
}

/** An output, its value as text. */
export type ReadableOutput = Output extends infer One
  ? One extends { readonly value: Uint8Array }
    ? Omit<One, "value"> & { readonly value: string }
    : One
  : never;

export function readable(output: Output): ReadableOutput {
  return output.stream === "deadLetter" ? output : { ...output, value: decoder.decode(output.value) };
}

const decoder = new TextDecoder();

/** Folds one partition's values with the real codecs and the real calendar, and returns the outputs of each value. */
export function foldEach(texts: readonly (string | null)[]): ReadableOutput[][] {
  const topology = createTopology(nyse);
  const state = topology.initial();
  return texts.map((text) => topology.fold(state, decodeText(text)).map(readable));
}

/** A value as it was published. */
export type Published = Readonly<Record<string, unknown>> & {
  readonly windows: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
};

/** The values of one stream, in the order published. */
export function published(texts: readonly (string | null)[], stream: "enriched" | "candles" | "alerts"): Published[] {
  return values(foldEach(texts).flat(), stream);
}

/** The values of one stream among outputs. */
export function values(
  outputs: readonly (Output | ReadableOutput)[],
  stream: "enriched" | "candles" | "alerts",
): Published[] {
  return outputs.flatMap((output) =>
    output.stream === stream ? [JSON.parse(String(Buffer.from(output.value))) as Published] : [],
  );
}

/** The enriched value of the last text, which is a quote. */
export function lastEnriched(...texts: readonly string[]): Published {
  const last = published(texts, "enriched").at(-1);
  if (last === undefined) throw new Error("nothing was enriched");
  return last;
}

/** The reasons of the dead letters, in order. */
export function deadLetters(texts: readonly (string | null)[]): string[] {
  return foldEach(texts)
    .flat()
    .flatMap((output) => (output.stream === "deadLetter" ? [output.reason] : []));
}
