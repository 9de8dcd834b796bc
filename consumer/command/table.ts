import { styleText } from "node:util";
import type { Values } from "../values.ts";

/** What the table shows of one symbol. */
export interface TableRow {
  readonly quote: Values["quote"];
  /** When the quote was published, milliseconds since the epoch: rows grow old where nothing comes. */
  readonly publishedTimeMs: number;
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
  /** Where there is no room for all, the highest goes first. */
  readonly dispensable: number;
  readonly text: (row: TableRow, nowMs: number) => string;
}

const columns: readonly Column[] = [
  { title: "symbol", width: -7, dispensable: 0, text: ({ quote }) => quote.symbol },
  { title: "bid", width: 10, dispensable: 4, text: ({ quote }) => side(quote.bidPrice) },
  { title: "ask", width: 10, dispensable: 4, text: ({ quote }) => side(quote.askPrice) },
  { title: "mid", width: 11, dispensable: 1, text: ({ quote }) => price(quote.midPrice) },
  { title: "prev close", width: 11, dispensable: 6, text: ({ quote }) => price(quote.previousClose) },
  { title: "change", width: 9, dispensable: 2, text: ({ quote }) => percent(quote.percentChange) },
  { title: "  indicator", width: -11, dispensable: 3, text: ({ quote }) => `  ${quote.indicator ?? "-"}` },
  { title: "age", width: 7, dispensable: 5, text: ({ publishedTimeMs }, nowMs) => age(nowMs - publishedTimeMs) },
];

/** The live table as lines: a heading, and the symbols in code-unit order, as many as there is room for, with the columns that fit. */
export function tableLines(view: TableView): readonly string[] {
  const shownColumns = columnsFor(view.columns);
  const heading = shownColumns.map(({ title, width }) => pad(title, width)).join("");
  const sorted = view.rows.toSorted((a, b) => (a.quote.symbol < b.quote.symbol ? -1 : 1));
  const room = Math.max(0, view.lines - 1);
  const shown = sorted.length <= room ? sorted : sorted.slice(0, Math.max(0, room - 1));
  const lines = [style("dim", heading.slice(0, view.columns), view.hasColor)];
  for (const row of shown) lines.push(rowLine(row, view, shownColumns));
  if (shown.length < sorted.length) lines.push(`... and ${sorted.length - shown.length} more`.slice(0, view.columns));
  return lines.slice(0, view.lines);
}

/** One quote as a line of its own, for a pipe or a file: no colour, and the event's time for its age. */
export function quoteLine(quote: Values["quote"]): string {
  const cells = columns.slice(0, -1).map(({ width, text }) => pad(text({ quote, publishedTimeMs: 0 }, 0), width));
  return `${cells.join("")}  ${quote.eventTime}`;
}

/** Half a number is worse than none: whole columns go where the terminal is narrow. */
function columnsFor(width: number): readonly Column[] {
  let fitting = columns;
  while (fitting.length > 1 && fitting.reduce((sum, column) => sum + Math.abs(column.width), 0) > width) {
    const worst = Math.max(...fitting.map(({ dispensable }) => dispensable));
    fitting = fitting.filter(({ dispensable }) => dispensable !== worst);
  }
  return fitting;
}

function rowLine(row: TableRow, { nowMs, columns: width, hasColor }: TableView, shown: readonly Column[]): string {
  const line = shown.map((column) => pad(column.text(row, nowMs), column.width)).join("");
  return style(colorOf(row.quote.percentChange), line.slice(0, width), hasColor);
}

/** Up is green and down is red, as everywhere. */
function colorOf(change: number | null | undefined): "green" | "red" | "reset" {
  if (change === null || change === undefined || change === 0) return "reset";
  return change > 0 ? "green" : "red";
}

function style(color: "dim" | "green" | "red" | "reset", text: string, hasColor: boolean): string {
  return hasColor && color !== "reset" ? styleText(color, text, { validateStream: false }) : text;
}

/** A negative width pads to the left-hand side. A text that fills its column keeps a space from its neighbour. */
export function pad(text: string, width: number): string {
  return width < 0 ? text.padEnd(-width) : ` ${text}`.padStart(width);
}

/** A side of a quote: 0 says that it is missing (P3). */
function side(dollars: number | undefined): string {
  return price(dollars === 0 ? null : dollars);
}

/** Two decimals at least; more where the price has them. A hyphen where there is none, or the product leaves it out. */
export function price(dollars: number | null | undefined): string {
  if (dollars === null || dollars === undefined) return "-";
  const text = String(dollars);
  const decimals = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
  return decimals > 2 ? text : dollars.toFixed(2);
}

export function percent(change: number | null | undefined): string {
  return change === null || change === undefined ? "-" : `${change >= 0 ? "+" : ""}${change.toFixed(2)}%`;
}

function age(passedMs: number): string {
  const seconds = Math.max(0, passedMs) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
