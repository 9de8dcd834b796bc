import type { FeedRecord } from "../feed-record.ts";
import type { Output } from "./output.ts";
import type { Printer } from "./printer.ts";
import { type TableRow, tableLines } from "./table.ts";

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
  const newest = new Map<string, FeedRecord<"quote">>();
  let drawnLines = 0;
  let drawnColumns = 0;
  let drawing: Promise<void> = Promise.resolve();
  const draw = () => {
    const { hasColor, ...size } = terminal();
    const columns = size.columns || sizeDefault.columns;
    const shown = [...newest.values()].map(
      ({ value, publishedTimeMs }): TableRow => ({ quote: value, publishedTimeMs }),
    );
    const lines = tableLines({
      rows: shown,
      nowMs: nowMs(),
      columns,
      lines: (size.rows || sizeDefault.rows) - 1,
      hasColor,
    });
    // Lines drawn wider than the terminal is now have been broken in two: nobody knows how far up they began.
    const back = drawnLines === 0 ? hideCursor : columns < drawnColumns ? clearScreen : `\u001b[${drawnLines}A`;
    drawnLines = lines.length;
    drawnColumns = columns;
    drawing = output.write(`${back}${lines.map((line) => `\r${line}${clearToEnd}\n`).join("")}${clearBelow}`);
    // A fault of the output is met again, and thrown, by the next write that is waited for.
    drawing.catch(() => undefined);
  };
  const timer = setInterval(draw, frameEveryMs);
  return {
    async print(records) {
      await drawing;
      for (const record of records) {
        if (record.kind === "quote" && record.symbol !== null) newest.set(record.symbol, record);
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

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const clearToEnd = "\u001b[K";
const clearBelow = "\u001b[J";
const clearScreen = "\u001b[2J\u001b[H";
