import { type KindName, kinds } from "../../kinds.ts";
import type { Visualization } from "../visualization.ts";

type GroupingOf = Visualization["groupings"][number];

/** Time along the x axis. It stands after a split, or the most of each span would be shown, and not the most of all. */
export function overTime(kind: KindName): GroupingOf {
  return { role: "segment", by: { type: "time", field: kinds[kind].timeField } };
}

/** A series (or a heat map's row) for each symbol. */
export function bySymbol(sizeMax: number, orderBy: number | "value" = 0): GroupingOf {
  const order = orderBy === "value" ? "asc" : "desc";
  return { role: "group", by: { type: "values", field: "symbol", label: "Symbol", sizeMax, orderBy, order } };
}

/** A series for each value of a field that has few. */
export function byValue(field: string, label: string, missing?: string): GroupingOf {
  const by = { type: "values", field, label, sizeMax: 20, orderBy: "value", order: "asc" } as const;
  return { role: "group", by: missing === undefined ? by : { ...by, missing } };
}

/** Candles of the shortest default interval: of all intervals together each moment would count twice. */
export const oneMinute = [{ field: "interval", value: "1m" }] as const;
