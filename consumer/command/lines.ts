import type { FeedRecord } from "../feed-record.ts";
import { pad, percent, price, quoteLine } from "./table.ts";

/** A record as a line for people, without colour: the same places for the same kind. */
export function recordLine(record: FeedRecord): string {
  switch (record.kind) {
    case "quote":
      return quoteLine(record.value);
    case "trade": {
      const { symbol, size, exchange, percentChange, indicator, eventTime } = record.value;
      const change = `${pad(percent(percentChange), 9)}  ${(indicator ?? "-").padEnd(9)}`;
      return `${pad(symbol, -7)}${pad(price(record.value.price), 11)}${pad(text(size), 9)} ${exchange}${change}${eventTime}`;
    }
    case "candle":
      return candleLine(record);
    case "alert": {
      const { symbol, from, to, midPrice, percentChange, eventTime } = record.value;
      return `${pad(symbol, -7)} ${from ?? "-"} -> ${to ?? "-"} at ${price(midPrice)} (${percent(percentChange)})  ${eventTime}`;
    }
    case "bar": {
      const { symbol, interval, open, high, low, close, volume, eventTime } = record.value;
      return `${pad(symbol, -7)} ${interval} ${prices([open, high, low, close])}${pad(text(volume), 10)}  ${eventTime}`;
    }
    case "minuteBar": {
      const { symbol, open, high, low, close, volume, timestamp } = record.value;
      return `${pad(symbol, -7)} 1m ${prices([open, high, low, close])}${pad(text(volume), 10)}  ${timestamp}`;
    }
    case "gap": {
      const { symbol, from, to, reason } = record.value;
      return `${pad(symbol ?? "*", -7)} gap ${from} to ${to}: ${reason}`;
    }
    default:
      return record.bytes.toString("utf8");
  }
}

/** Of the quotes, or of the trades where there are no quotes. */
function candleLine({ value }: FeedRecord<"candle">): string {
  const { symbol, interval, start, revision } = value;
  const [open, high, low, close] =
    value.open === undefined
      ? [value.tradeOpen, value.tradeHigh, value.tradeLow, value.tradeClose]
      : [value.open, value.high, value.low, value.close];
  const change = `${pad(percent(value.percentChange), 9)}  ${(value.indicator ?? "-").padEnd(9)}`;
  const revised = revision === 0 ? "" : `  revision ${revision}`;
  const marks = `${revised}${value.incomplete === true ? "  incomplete" : ""}`;
  return `${pad(symbol, -7)} ${interval} ${prices([open, high, low, close])}${pad(text(value.volume), 10)}${change}${start}${marks}`;
}

function prices(values: readonly (number | undefined)[]): string {
  return values.map((value) => pad(price(value), 11)).join("");
}

function text(value: number | undefined): string {
  return value === undefined ? "-" : String(value);
}
