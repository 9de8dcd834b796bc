import { expect, it } from "vitest";
import { tablePrinter } from "../../../consumer/command/live-table.ts";
import { Output, type OutputStream } from "../../../consumer/command/output.ts";
import { csvPrinter, jsonPrinter, linePrinter } from "../../../consumer/command/printer.ts";
import { feedRecord, quoteOf } from "../records.ts";

/** A stream that a test fills and breaks. */
class FakeStream implements OutputStream {
  text = "";
  isFull = false;
  #drained: (() => void)[] = [];
  #failed: (error: NodeJS.ErrnoException) => void = () => undefined;

  write(chunk: Buffer | string): boolean {
    this.text += chunk.toString();
    return !this.isFull;
  }
  once(_event: "drain", listener: () => void) {
    this.#drained.push(listener);
  }
  on(_event: "error", listener: (error: NodeJS.ErrnoException) => void) {
    this.#failed = listener;
  }
  drain() {
    this.isFull = false;
    for (const listener of this.#drained.splice(0)) listener();
  }
  fail(code: string) {
    this.#failed(Object.assign(new Error(code), { code }));
  }
}

it("values are printed byte for byte as they were published, one a line", async () => {
  const stream = new FakeStream();
  const odd = '{"type":"quote",  "symbol":"É","midPrice":1.50}';
  await jsonPrinter(new Output(stream, () => undefined)).print([feedRecord(odd), feedRecord({ type: "gap" })]);
  expect(stream.text).toBe(`${odd}\n{"type":"gap"}\n`);
});

it("every kind has a line of its own", async () => {
  const stream = new FakeStream();
  const candle = { type: "candle", symbol: "XXX", interval: "1m", start: "2018-01-03T15:00:00Z", revision: 1, open: 1 };
  const records = [
    quoteOf(),
    { type: "trade", symbol: "XXX", eventTime: "2018-01-03T15:00:00Z", tradeId: 1, exchange: "V", price: 2, size: 3 },
    { ...candle, high: 2, low: 1, close: 2, percentChange: 1, indicator: "Neutral", incomplete: true },
    { type: "alert", symbol: "XXX", eventTime: "2018-01-03T15:00:00Z", from: "Neutral", to: "Bullish", midPrice: 3 },
    { type: "gap", symbol: null, from: "2018-01-03T15:00:00Z", to: "2018-01-03T15:00:09Z", reason: "disconnected" },
    { type: "imbalance", symbol: "XXX" },
  ];
  await linePrinter(new Output(stream, () => undefined)).print(records.map((value) => feedRecord(value)));
  const lines = stream.text.trimEnd().split("\n");
  expect(lines).toHaveLength(records.length);
  expect(lines[1]).toMatch(/^XXX +2\.00 +3 V/);
  expect(lines[2]).toMatch(/^XXX +1m +1\.00 +2\.00 +1\.00 +2\.00 .*revision 1 {2}incomplete$/);
  expect(lines[3]).toContain("Neutral -> Bullish at 3.00");
  expect(lines[4]).toContain("gap 2018-01-03T15:00:00Z to 2018-01-03T15:00:09Z: disconnected");
  expect(lines[5]).toBe('{"type":"imbalance","symbol":"XXX"}');
});

it("CSV has a heading, quotes what must be quoted, and leaves empty what is not there", async () => {
  const stream = new FakeStream();
  const printer = csvPrinter(new Output(stream, () => undefined), "alert");
  await printer.print([feedRecord({ type: "alert", kind: 'a "b", c', symbol: "XXX", eventTime: "t", from: null })]);
  await printer.close();
  expect(stream.text).toBe(
    'kind,symbol,eventTime,from,to,midPrice,previousClose,percentChange\n"a ""b"", c",XXX,t,,,,,\n',
  );
});

it("a full stream holds the writer back until it drains", async () => {
  const stream = new FakeStream();
  stream.isFull = true;
  let isDone = false;
  const writing = new Output(stream, () => undefined).write("x").then(() => {
    isDone = true;
  });
  await Promise.resolve();
  expect(isDone).toBe(false);
  stream.drain();
  await writing;
  expect(isDone).toBe(true);
});

it("a reader that has gone ends the output quietly, even in the middle of a wait", async () => {
  const stream = new FakeStream();
  stream.isFull = true;
  let gone = 0;
  const output = new Output(stream, () => gone++);
  const writing = output.write("x");
  stream.fail("EPIPE");
  await writing;
  await output.write("never written");
  expect(gone).toBe(1);
  expect(stream.text).toBe("x");
});

it("any other fault of the stream is thrown", async () => {
  const stream = new FakeStream();
  const output = new Output(stream, () => undefined);
  stream.fail("ENOSPC");
  await expect(output.write("x")).rejects.toThrow("ENOSPC");
});

it("the live table is drawn over itself, the newest quote of each symbol, and the cursor comes back at the end", async () => {
  const stream = new FakeStream();
  const terminal = () => ({ columns: 0, rows: 0, hasColor: false });
  const printer = tablePrinter(new Output(stream, () => undefined), terminal, () => 0);
  await printer.print([feedRecord(quoteOf({ bidPrice: 1 })), feedRecord(quoteOf({ bidPrice: 2 }))]);
  await printer.close();
  const escapeCharacter = String.fromCharCode(27);
  expect(stream.text.startsWith(`${escapeCharacter}[?25l\rsymbol`)).toBe(true);
  expect(stream.text.match(/XXX +[\d.]+/g)?.at(-1)).toMatch(/ 2\.00$/);
  expect(stream.text.endsWith(`${escapeCharacter}[?25h`)).toBe(true);
});

it("a terminal that has become narrower is cleared, because its lines have been broken", async () => {
  const stream = new FakeStream();
  let columns = 80;
  const terminal = () => ({ columns, rows: 24, hasColor: false });
  const printer = tablePrinter(new Output(stream, () => undefined), terminal, () => 0);
  await printer.print([feedRecord(quoteOf())]);
  const clearScreen = `${String.fromCharCode(27)}[2J`;
  const until = async (isTrue: () => boolean) => {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until(() => stream.text.includes("XXX"));
  expect(stream.text).not.toContain(clearScreen);
  columns = 40;
  await until(() => stream.text.includes(clearScreen));
  await printer.close();
});
