const hash = 0x23;
const at = 0x40;
const lastAscii = 0x7f;
const symbolLengthMax = 64;
/** One record of a snapshot holds ten thousand trades, each with its id and exchange (W7): no more letters than these, and none that JSON writes longer. */
const keptText = /^[ !#-[\]-~]{0,32}$/;

/** True for a trade's id or exchange that a state can keep. */
export function isKeptText(value: unknown): value is string {
  return typeof value === "string" && keptText.test(value);
}

/**
 * True for a symbol that a state can be kept of. It is a key of the state topic (D2), where `#partition` is no symbol's and what follows an `@` is a session's
 * date, and a key is UTF-8, which has no half of a surrogate pair. Alpaca's are none of these: `AAPL`, `BRK.B`, `BTC/USD`, `SPY240119C00470000`.
 */
export function isSymbol(value: unknown): value is string {
  if (typeof value !== "string" || value === "" || value.length > symbolLengthMax || value.charCodeAt(0) === hash)
    return false;
  // Asked of every trade: of a short ASCII text this is a third of what the string's own methods take.
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if (unit === at) return false;
    if (unit > lastAscii) return !value.includes("@") && value.isWellFormed();
  }
  return true;
}
