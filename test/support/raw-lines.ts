/** A quote as Alpaca sends it, with what a test wants to be different. */
export function quoteLine(
  symbol: string,
  t: string,
  bid: number,
  ask: number,
  other: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    T: "q",
    S: symbol,
    bx: "N",
    bp: bid,
    bs: 1,
    ax: "N",
    ap: ask,
    as: 2,
    c: ["R"],
    t,
    z: "A",
    ...other,
  });
}

/** The reference of a symbol for a session. */
export function referenceLine(
  symbol: string,
  sessionDate: string,
  previousClose: number,
  previousCloseDate: string,
): string {
  return JSON.stringify({ T: "reference", S: symbol, sessionDate, previousClose, previousCloseDate });
}

/** `hh:mm:ss.ffffff` into a session of 2024. */
export function at(seconds: number, date = "2024-07-11"): string {
  const base = Date.parse(`${date}T14:30:00Z`);
  const whole = Math.floor(seconds);
  const micros = Math.round((seconds - whole) * 1e6);
  const time = new Date(base + whole * 1000).toISOString().slice(0, 19);
  return micros === 0 ? `${time}Z` : `${time}.${String(micros).padStart(6, "0").replace(/0+$/, "")}Z`;
}
