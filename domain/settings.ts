import { z } from "zod";

/** The length of a tumbling window. */
export interface Interval {
  /** As in keys of `windows` and in candles: `1m`. */
  readonly name: string;
  readonly micros: number;
}

/** What the market rules can be told; stands on the raw log, and only there (the one idea). */
export interface MarketSettings {
  /** Change that makes a symbol Bullish or Bearish (I1), in millionths: 50,000 is 5 percent. */
  readonly thresholdMillionths: number;
  readonly thresholdMillionthsBySymbol: ReadonlyMap<string, number>;
  /** Shortest first. */
  readonly intervals: readonly Interval[];
  readonly maxOutOfOrderMs: number;
  readonly graceMs: number;
  readonly maxAheadMs: number;
  /** Widest spread of a usable quote (Q1), in millionths of the mid: 100,000 is 10 percent. */
  readonly maxSpreadMillionths: number;
  readonly adjustDividends: boolean;
  /** Version of the trading calendar that sessions are taken from (C1). */
  readonly calendar: string;
}

const percent = (max: number) =>
  z
    .number()
    .min(0.0001)
    .max(max)
    .refine((value) => Math.abs(value * 10_000 - Math.round(value * 10_000)) < 1e-6, "has at most 4 decimals");

const intervalName = z
  .string()
  .refine((name) => intervalMicros(name) !== null, "an interval is like 30s, 1m or 1h, and divides an hour");

/** A settings record as it stands on the raw log, its keys in the order of the wire. */
export const settingsSchema = z
  .object({
    T: z.literal("settings"),
    thresholdPercent: percent(1000),
    thresholdPercentBySymbol: z.record(z.string(), percent(1000)),
    intervals: z
      .array(intervalName)
      .min(1)
      .refine(
        (names) => new Set(names.map(intervalMicros)).size === new Set(names).size,
        "two names of one length, like 1m and 60s, would be one window twice",
      ),
    maxOutOfOrderMs: z.number().int().min(0),
    graceMs: z.number().int().min(1),
    maxAheadMs: z.number().int().min(1),
    maxSpreadPercent: percent(200),
    adjustDividends: z.boolean(),
    calendar: z.string().min(1),
  })
  .refine((value) => value.intervals.every((name) => value.maxOutOfOrderMs * 1000 < (intervalMicros(name) ?? 0)), {
    path: ["maxOutOfOrderMs"],
    message: "must be shorter than every interval",
  });

/** The wire form of a settings record. */
export type SettingsDocument = z.output<typeof settingsSchema>;

/** What holds before the first settings record, and where nothing else was set. */
export function defaultSettings(calendar: string): SettingsDocument {
  return {
    T: "settings",
    thresholdPercent: 5,
    thresholdPercentBySymbol: {},
    intervals: ["1m", "5m"],
    maxOutOfOrderMs: 1000,
    graceMs: 60_000,
    maxAheadMs: 5000,
    maxSpreadPercent: 10,
    adjustDividends: false,
    calendar,
  };
}

/** The wire form turned into what the rules compute with. */
export function settingsOf(document: SettingsDocument): MarketSettings {
  const intervals = [...new Set(document.intervals)].map((name) => ({ name, micros: intervalMicros(name) ?? 0 }));
  return {
    thresholdMillionths: millionths(document.thresholdPercent),
    thresholdMillionthsBySymbol: new Map(
      Object.entries(document.thresholdPercentBySymbol).map(([symbol, value]) => [symbol, millionths(value)]),
    ),
    intervals: intervals.sort((a, b) => a.micros - b.micros),
    maxOutOfOrderMs: document.maxOutOfOrderMs,
    graceMs: document.graceMs,
    maxAheadMs: document.maxAheadMs,
    maxSpreadMillionths: millionths(document.maxSpreadPercent),
    adjustDividends: document.adjustDividends,
    calendar: document.calendar,
  };
}

function millionths(percentage: number): number {
  return Math.round(percentage * 10_000);
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Microseconds of an interval's name, or null where it is none, or does not divide an hour (W3). */
function intervalMicros(name: string): number | null {
  const match = /^([1-9]\d{0,3})([smh])$/.exec(name);
  if (match === null) return null;
  const seconds = Number(match[1]) * (unitSeconds[match[2] ?? ""] ?? Number.NaN);
  return 3600 % seconds === 0 ? seconds * 1_000_000 : null;
}
