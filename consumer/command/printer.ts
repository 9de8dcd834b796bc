import type { FeedRecord } from "../feed-record.ts";
import { type CsvKind, csvColumns, csvLine } from "./csv.ts";
import { recordLine } from "./lines.ts";
import type { Output } from "./output.ts";

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

/** A heading, then a line for each record. */
export function csvPrinter(output: Output, kind: CsvKind): Printer {
  const columns = csvColumns(kind);
  let heading = `${columns.join(",")}\n`;
  return {
    async print(records) {
      const text = heading + records.map((record) => `${csvLine(columns, record)}\n`).join("");
      heading = "";
      await output.write(text);
    },
    async close() {
      await output.write(heading);
    },
  };
}

/** A line for people for each record. */
export function linePrinter(output: Output): Printer {
  return {
    async print(records) {
      await output.write(records.map((record) => `${recordLine(record)}\n`).join(""));
    },
    async close() {},
  };
}

const newline = 10;
