import { indicatorColors } from "./colors.ts";

/** How a field is shown: the id of one of OpenSearch Dashboards' formatters, and what it is told. */
export interface FieldFormat {
  readonly id: "number" | "color" | "date_nanos";
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The formats of those fields that need one, by name. */
export function fieldFormats(names: readonly string[]): Readonly<Record<string, FieldFormat>> {
  return Object.fromEntries(
    names.flatMap((name): [string, FieldFormat][] => {
      const format = formatOf(name.split(".").at(-1) ?? name, name);
      return format === null ? [] : [[name, format]];
    }),
  );
}

function formatOf(last: string, name: string): FieldFormat | null {
  if (last === "indicator") return indicatorFormat;
  // An alert's `from` and `to` are indicators, a gap's are times: colours match text alone, and leave times as they are.
  if (last === "eventTime" || last === "start") return { id: "date_nanos" };
  if (last === "percentChange") return number("0,0.00");
  if (last === "spreadBps" || last.endsWith("Ms")) return number("0,0.0");
  if (prices.has(last) || /^windows\..*\.(open|high|low|close)$/.test(name)) return number("0,0.00[0000]");
  return sizes.has(last) ? number("0,0") : null;
}

function number(pattern: string): FieldFormat {
  return { id: "number", params: { pattern } };
}

const indicatorFormat: FieldFormat = {
  id: "color",
  params: {
    fieldType: "string",
    colors: Object.entries(indicatorColors).map(([indicator, background]) => ({
      range: "-Infinity:Infinity",
      regex: indicator,
      text: "#ffffff",
      background,
    })),
  },
};

const prices: ReadonlySet<string> = new Set([
  ...["bidPrice", "askPrice", "midPrice", "price", "previousClose", "originalPrice", "correctedPrice"],
  ...["open", "high", "low", "close", "timeWeightedAverage", "vwap"],
  ...["tradeOpen", "tradeHigh", "tradeLow", "tradeClose"],
]);
const sizes: ReadonlySet<string> = new Set(["bidSize", "askSize", "size", "volume", "count", "tradeCount"]);
