import { z } from "zod";

const symbol = z.string().regex(/^[A-Z][A-Z0-9._/]*$/, "a symbol is upper-case letters, digits, dot");
const date = z.iso.date();
const price = z.number().nonnegative().max(10_000_000);

/** `recording.json`: where a recording comes from and what it holds. Further keys are kept. */
export const recordingManifestSchema = z.looseObject({
  symbols: z.array(symbol).min(1, "at least one symbol"),
  feed: z
    .enum(["sip", "iex", "delayed_sip", "otc", "boats", "overnight"])
    .default("sip")
    .describe("Alpaca's name of the feed that was recorded"),
});
export type RecordingManifest = z.infer<typeof recordingManifestSchema>;

/** One daily bar as Alpaca's REST gives it: raw prices; `t` is midnight in New York; `c` is the official close. */
export const dailyBarSchema = z.looseObject({
  t: z.iso.datetime(),
  o: price,
  h: price,
  l: price,
  c: price,
  v: z.number().nonnegative(),
  n: z.number().nonnegative().optional(),
  vw: price.optional(),
});
export type DailyBar = z.infer<typeof dailyBarSchema>;

/** `daily-bars.json`: a whole answer of `/v2/stocks/bars`. */
export const dailyBarsSchema = z.looseObject({ bars: z.record(z.string(), z.array(dailyBarSchema)) });

/** One corporate action; its other keys differ by kind and are kept as they are. */
export const corporateActionSchema = z.looseObject({ symbol: z.string().optional(), ex_date: date.optional() });
export type CorporateAction = z.infer<typeof corporateActionSchema>;

const splitSchema = z.looseObject({
  symbol,
  new_rate: z.number().positive(),
  old_rate: z.number().positive(),
  ex_date: date,
});

/** `corporate-actions.json`: a whole answer of `/v1/corporate-actions`, by kind (`forward_splits`, `cash_dividends`, ...). */
export const corporateActionsSchema = z.looseObject({
  corporate_actions: z.intersection(
    z.looseObject({
      forward_splits: z.array(splitSchema).optional(),
      reverse_splits: z.array(splitSchema).optional(),
    }),
    z.record(z.string(), z.array(corporateActionSchema)),
  ),
});
