import { styleText } from "node:util";
import type { EnrichedQuote } from "./feed-record.ts";

/** What the table shows of one symbol. */
export interface TableRow {
  readonly quote: EnrichedQuote;
  /** When the quote was read, milliseconds since the epoch: rows grow old where nothing comes. */
  readonly readMs: number;
}

export interface TableView {
  readonly rows: readonly TableRow[];
  readonly nowMs: number;
  readonly columns: number;
  /** How many lines there is room for, the heading included. */
  readonly lines: number;
  readonly hasColor: boolean;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly text: (row: TableRow, nowMs: number) => string;
}

const columns: readonly Column[] = [
  { title: "symbol", width: -8, text: ({ quote }) => quote.symbol },
  { title: "bid", width: 11, text: ({ quote }) => price(quote.bidPrice === 0 ? null : quote.bidPrice) },
  { title: "ask", width: 11, text: ({ quote }) => price(quote.askPrice === 0 ? null : quote.askPrice) },
  { title: "mid", width: 12, text: ({ quote }) => price(quote.midPrice) },
  { title: "prev close", width: 12, text: ({ quote }) => price(quote.previousClose) },
  { title: "change", width: 10, text: ({ quote }) => percent(quote.percentChange) },
  { title: "  indicator", width: -11, text: ({ quote }) => `  ${quote.indicator ?? "-"}` },
  { title: "age", width: 8, text: ({ readMs }, nowMs) => age(nowMs - readMs) },
];

/** The live table as lines: a heading, and the symbols in code-unit order, as many as there is room for. */
export function tableLines(view: TableView): readonly string[] {
  const heading = columns.map(({ title, width }) => pad(title, width)).join("");
  const sorted = view.rows.toSorted((a, b) => (a.quote.symbol < b.quote.symbol ? -1 : 1));
  const room = Math.max(0, view.lines - 1);
  const shown = sorted.length <= room ? sorted : sorted.slice(0, Math.max(0, room - 1));
  const lines = [style("dim", heading.slice(0, view.columns), view.hasColor)];
  for (const row of shown) lines.push(rowLine(row, view));
  if (shown.length < sorted.length) lines.push(`... and ${sorted.length - shown.length} more`.slice(0, view.columns));
  return lines.slice(0, view.lines);
}

/** One quote as a line of its own, for a pipe or a file: no colour, and the event's time for its age. */
export function plainLine(quote: EnrichedQuote): string {
  const cells = columns.slice(0, -1).map(({ width, text }) => pad(text({ quote, readMs: 0 }, 0), width));
  return `${cells.join("")}  ${quote.eventTime}`;
}

function rowLine(row: TableRow, { nowMs, columns: width, hasColor }: TableView): string {
  const line = columns.map((column) => pad(column.text(row, nowMs), column.width)).join("");
  return style(colorOf(row.quote.indicator), line.slice(0, width), hasColor);
}

function colorOf(indicator: EnrichedQuote["indicator"]): "green" | "red" | "reset" {
  if (indicator === "Bullish") return "green";
  return indicator === "Bearish" ? "red" : "reset";
}

function style(color: "dim" | "green" | "red" | "reset", text: string, hasColor: boolean): string {
  return hasColor && color !== "reset" ? styleText(color, text, { validateStream: false }) : text;
}

/** A negative width pads to the left-hand side. A text that fills its column keeps a space from its neighbour. */
function pad(text: string, width: number): string {
  return width < 0 ? text.padEnd(-width) : ` ${text}`.padStart(width);
}

/** Two decimals at least; more where the price has them. */
function price(dollars: number | null): string {
  if (dollars === null) return "-";
  const text = String(dollars);
  const decimals = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
  return decimals > 2 ? text : dollars.toFixed(2);
}

function percent(change: number | null): string {
  return change === null ? "-" : `${change >= 0 ? "+" : ""}${change.toFixed(2)}%`;
}

function age(passedMs: number): string {
  const seconds = Math.max(0, passedMs) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return `${Math.floor(seconds / 3600)}h`;
}
