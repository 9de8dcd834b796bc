import type { RecordingFiles } from "./recording-files.ts";

/** The quote that most lines vary: a usable one. */
const usual = { T: "q", S: "AAA", bx: "N", bp: 99.99, bs: 3, ax: "Q", ap: 100.01, as: 5, c: ["R"], t: "", z: "A" };

const quote = (t: string, change: object = {}) => JSON.stringify({ ...usual, t, ...change });
const sides = (t: string, bp: number, ap: number, change: object = {}) => quote(t, { bp, ap, ...change });
/** A quote without some of its fields. */
const without = (t: string, ...names: string[]) =>
  JSON.stringify(Object.fromEntries(Object.entries({ ...usual, t }).filter(([name]) => !names.includes(name))));

/** The day before a holiday: nothing stands before it, so that no quote has a previous close (I2). */
const firstSession = [
  sides("2024-11-27T15:00:00Z", 99.99, 100.01),
  sides("2024-11-27T15:00:00.5Z", 645.5, 645.64, { S: "BBB", z: "C" }),
  JSON.stringify({
    T: "t",
    S: "AAA",
    i: 9_007_199,
    x: "V",
    p: 100,
    s: 100,
    c: ["@"],
    t: "2024-11-27T15:00:01Z",
    z: "A",
  }),
  // An id above 2^53, to the digit, with a field that nobody knows.
  '{"T":"t","S":"AAA","i":9007199254740993,"x":"V","p":100.005,"s":7,"c":["@","I"],"t":"2024-11-27T15:00:01.000000001Z","z":"A","note":"é ☃"}',
  // Two quotes of one moment: the later on the log is the later one.
  sides("2024-11-27T15:00:02Z", 100, 100.02),
  sides("2024-11-27T15:00:02Z", 100.02, 100.04),
  // A little out of order, but its window is open.
  sides("2024-11-27T15:00:01.75Z", 99.5, 99.52),
  // A jump of more than some seconds counts only with a second message that confirms it.
  sides("2024-11-27T15:02:05Z", 100.1, 100.12),
  sides("2024-11-27T15:02:06Z", 100.12, 100.14),
  // Late: its window has closed.
  sides("2024-11-27T15:00:30Z", 100.5, 100.52),
  sides("2024-11-27T20:59:59.999999999Z", 99.98, 100.02),
];

/** A half day, to 13:00 in New York. Before it AAA closed at 100, BBB at 645.5. */
const halfDay = [
  sides("2024-11-29T14:30:00Z", 104.99, 105.01), // exactly 5 percent: Bullish
  sides("2024-11-29T14:30:01Z", 104.99, 105), // 4.995 percent: Neutral, though it would round to 5
  sides("2024-11-29T14:30:02Z", 94.99, 95.01), // exactly -5 percent: Bearish
  sides("2024-11-29T14:30:03Z", 95, 95.01), // -4.995 percent: Neutral
  sides("2024-11-29T14:30:04Z", 100, 100), // locked is usable, and no change is a plain 0
  sides("2024-11-29T14:30:05Z", 99.9999995, 100.0000005), // more decimals than the prices keep
  // The four ways of being unusable, and two of them together.
  sides("2024-11-29T14:30:10Z", 0, 105.01, { bs: 0 }),
  sides("2024-11-29T14:30:11Z", 105.01, 0, { as: 0 }),
  sides("2024-11-29T14:30:12Z", 0, 0, { bs: 0, as: 0 }),
  sides("2024-11-29T14:30:13Z", 105.02, 105.01),
  sides("2024-11-29T14:30:14Z", 95, 105), // a spread of exactly 10 percent is usable
  sides("2024-11-29T14:30:15Z", 95, 105.01), // a little more is wide
  sides("2024-11-29T14:30:16Z", 104.99, 105.01, { c: ["N"] }),
  sides("2024-11-29T14:30:17Z", 104.99, 105.01, { c: ["R", "C"] }),
  sides("2024-11-29T14:30:18Z", 104.99, 105.01, { c: ["F"] }), // not firm on tape A
  sides("2024-11-29T14:30:19Z", 645.5, 645.64, { S: "BBB", z: "C", c: ["F"] }), // fast trading on tape C is firm
  sides("2024-11-29T14:30:20Z", 104.99, 105.01, { c: ["?"] }), // an unknown code is firm
  sides("2024-11-29T14:30:21Z", 104.99, 105.01, { c: [] }),
  sides("2024-11-29T14:30:22Z", 106, 105, { c: ["U"] }),
  // What cannot be read, one of every kind.
  '{"T":"q","S":"AAA","bp":99.99',
  "not a message at all",
  "[1,2,3]",
  '"text"',
  "42",
  "null",
  JSON.stringify({ T: "zz", S: "AAA", t: "2024-11-29T14:30:30Z" }),
  without("2024-11-29T14:30:31Z", "T"),
  without("2024-11-29T14:30:31Z", "S"),
  without("2024-11-29T14:30:31Z", "ap"),
  without("2024-11-29T14:30:31Z", "t"),
  quote("2024-11-29T14:30:32Z", { bp: null }),
  quote("2024-11-29T14:30:32Z", { c: "R" }),
  sides("2024-11-29T14:30:33Z", -1, 100),
  sides("2024-11-29T14:30:33Z", 99, 10_000_000.01),
  quote("2024-11-29T14:30:33Z", { ap: "100.01" }),
  quote("2024-11-29T14:30:34Z", { bs: -1 }),
  quote("2024-11-29T14:30:34Z", { as: 1.5 }),
  quote("yesterday"),
  quote("2024-02-30T14:30:35Z"),
  quote("", { t: 1_732_890_635 }),
  quote("2024-11-29T14:30:36Z", { note: "x".repeat(600 * 1024) }),
  // A price of ten million is the highest there is.
  sides("2024-11-29T14:30:37Z", 9_999_999.99, 10_000_000),
  sides("2024-11-29T14:30:38Z", 104.99, 105.01),
  // From the future, and not confirmed by what follows.
  sides("2024-11-29T16:30:39Z", 104.99, 105.01),
  sides("2024-11-29T14:30:39Z", 104.98, 105.02),
  sides("2024-11-29T17:59:59.999Z", 100, 100.02, { S: "AAA" }),
  sides("2024-11-29T17:59:59.9995Z", 645.6, 645.64, { S: "BBB", z: "C" }),
  // After the early close, but still of this session.
  sides("2024-11-29T18:00:00Z", 101, 101.02),
  JSON.stringify({
    T: "s",
    S: "AAA",
    sc: "2",
    sm: "Trading Halt",
    rc: "D",
    rm: "News",
    t: "2024-11-29T18:00:01Z",
    z: "A",
  }),
];

/** BBB splits 7 for 1. Its previous close is 645.57 / 7, rounded to 92.224286 and exact from there on. AAA closed at 101. */
const afterSplit = [
  // 20:30 in New York on the Friday is of Monday's session.
  sides("2024-11-30T01:30:00Z", 92.2, 92.24, { S: "BBB", z: "C" }),
  sides("2024-12-02T14:30:00Z", 96.83, 96.841, { S: "BBB", z: "C" }), // mid 96.8355, 4.999999 percent: Neutral
  sides("2024-12-02T14:30:01Z", 96.83, 96.841002, { S: "BBB", z: "C" }), // mid 96.835501: Bullish
  sides("2024-12-02T14:30:02Z", 87.61, 87.616, { S: "BBB", z: "C" }), // mid 87.613: Bearish
  sides("2024-12-02T14:30:03Z", 101, 101),
  sides("2024-12-02T14:31:30Z", 101.5, 101.54),
  sides("2024-12-02T14:31:30.5Z", 101.5, 101.52),
  JSON.stringify({
    T: "b",
    S: "AAA",
    o: 101,
    h: 101.5,
    l: 101,
    c: 101.5,
    v: 1200,
    n: 9,
    vw: 101.2,
    t: "2024-12-02T14:31:00Z",
  }),
  sides("2024-12-02T14:36:00Z", 101.1, 101.12),
];

const bar = (date: string, hour: string, c: number) => ({
  t: `${date}T${hour}:00:00Z`,
  o: c - 0.5,
  h: c + 1,
  l: c - 1,
  c,
  v: 1_000_000,
  n: 8000,
  vw: c + 0.1,
});

/** A hand-made recording: one line for each case of the rules on quotes, previous closes, times and rejected records. */
export function rulesRecording(): RecordingFiles {
  return {
    lines: [...firstSession, ...halfDay, ...afterSplit],
    manifest: {
      feed: "sip",
      symbols: ["AAA", "BBB"],
      note: "One line for each case of the rules; three sessions, a half day and a 7-for-1 split among them",
      origin: "Made by hand for this project (test/recordings/make.ts)",
      licence: "Apache-2.0",
    },
    dailyBars: {
      AAA: [bar("2024-11-27", "05", 100), bar("2024-11-29", "05", 101), bar("2024-12-02", "05", 101.11)],
      BBB: [bar("2024-11-27", "05", 645.5), bar("2024-11-29", "05", 645.57), bar("2024-12-02", "05", 92)],
    },
    corporateActions: {
      forward_splits: [
        {
          id: "0f6cbb7e-5f0a-5c4e-8f0e-6d3a52f0b7a1",
          symbol: "BBB",
          cusip: "000000000",
          new_rate: 7,
          old_rate: 1,
          process_date: "2024-12-02",
          ex_date: "2024-12-02",
        },
      ],
      cash_dividends: [
        {
          id: "5d8f8a3c-1f5e-5b7d-9f31-0c2e8f6a4b12",
          symbol: "AAA",
          cusip: "000000000",
          rate: 0.25,
          special: false,
          foreign: false,
          process_date: "2024-12-02",
          ex_date: "2024-12-02",
        },
      ],
    },
  };
}
