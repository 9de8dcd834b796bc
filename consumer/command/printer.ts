import type { EnrichedQuote, FeedRecord } from "./feed-record.ts";
import type { Output } from "./output.ts";
import { plainLine, type TableRow, tableLines } from "./table.ts";

/** How records become output. */
export interface Printer {
  print(records: readonly FeedRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** Values one a line, the bytes as they were published. */
export function jsonPrinter(output: Output): Printer {
  return {
    async print(records) {
      const size = records.reduce((sum, { bytes }) => sum + bytes.length + 1, 0);
      const lines = Buffer.allocUnsafe(size);
      let at = 0;
      for (const { bytes } of records) {
        lines.set(bytes, at);
        at += bytes.length;
        lines[at++] = newline;
      }
      await output.write(lines);
    },
    async close() {},
  };
}

/** A line for each quote. */
export function linePrinter(output: Output): Printer {
  return {
    async print(records) {
      const quotes = records.filter(({ isQuote }) => isQuote);
      await output.write(quotes.map((record) => `${plainLine(record.value as EnrichedQuote)}\n`).join(""));
    },
    async close() {},
  };
}

/** The size of a terminal and what it can show. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly hasColor: boolean;
}

const frameEveryMs = 100;
/** For a terminal that does not tell its size. */
const sizeDefault = { columns: 80, rows: 24 };

/** The newest quote of each symbol, drawn again in place ten times a second. */
export function tablePrinter(output: Output, terminal: () => Terminal, nowMs: () => number): Printer {
  const newest = new Map<string, { readonly record: FeedRecord; readonly readMs: number }>();
  let drawn = 0;
  let drawing: Promise<void> = Promise.resolve();
  const draw = () => {
    const { hasColor, ...size } = terminal();
    const columns = size.columns || sizeDefault.columns;
    const rows = size.rows || sizeDefault.rows;
    const shown: TableRow[] = [...newest.values()].map(({ record, readMs }) => ({
      quote: record.value as EnrichedQuote,
      readMs,
    }));
    const lines = tableLines({ rows: shown, nowMs: nowMs(), columns, lines: rows - 1, hasColor });
    const back = drawn === 0 ? hideCursor : `\u001b[${drawn}A`;
    drawn = lines.length;
    drawing = output.write(`${back}${lines.map((line) => `\r${line}${clearToEnd}\n`).join("")}${clearBelow}`);
    // A fault of the output is met again, and thrown, by the next write that is waited for.
    drawing.catch(() => undefined);
  };
  const timer = setInterval(draw, frameEveryMs);
  return {
    async print(records) {
      await drawing;
      const readMs = nowMs();
      for (const record of records) {
        if (record.isQuote && record.symbol !== null) newest.set(record.symbol, { record, readMs });
      }
    },
    async close() {
      clearInterval(timer);
      draw();
      await drawing;
      await output.write(showCursor);
    },
  };
}

const newline = 10;
const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const clearToEnd = "\u001b[K";
const clearBelow = "\u001b[J";
